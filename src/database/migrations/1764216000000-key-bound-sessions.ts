import { type MigrationInterface, type QueryRunner, Table, TableIndex } from "typeorm";

/** Sessions that are bound to a key of the client, and the proofs that refreshed them. Sessions of until now are not bound. */
export class KeyBoundSessions1764216000000 implements MigrationInterface {
  readonly name = "KeyBoundSessions1764216000000";

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE sessions ADD COLUMN key_thumbprint varchar");
    await runner.createTable(
      new Table({
        name: "used_proofs",
        columns: [
          { name: "hash", type: "varchar", isPrimary: true },
          { name: "expires_at", type: "bigint" },
        ],
        indices: [new TableIndex({ name: "used_proofs_expires", columnNames: ["expires_at"] })],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable("used_proofs");
    await runner.query("ALTER TABLE sessions DROP COLUMN key_thumbprint");
  }
}
