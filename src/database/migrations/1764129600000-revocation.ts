import { type MigrationInterface, type QueryRunner, Table, TableIndex } from "typeorm";

const removedSessions = new Table({
  name: "removed_sessions",
  columns: [
    { name: "id", type: "varchar", isPrimary: true },
    { name: "ended_at", type: "bigint" },
  ],
  indices: [new TableIndex({ name: "removed_sessions_ended", columnNames: ["ended_at"] })],
});

/** Indexes for recently ended sessions, also those of deleted and disabled users. */
export class Revocation1764129600000 implements MigrationInterface {
  readonly name = "Revocation1764129600000";

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(removedSessions);
    await runner.query(
      "CREATE INDEX users_by_disabling ON users (disabled_at) WHERE disabled_at IS NOT NULL",
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP INDEX users_by_disabling");
    await runner.dropTable(removedSessions);
  }
}
