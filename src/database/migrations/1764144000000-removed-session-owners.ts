import { type MigrationInterface, type QueryRunner, TableColumn } from "typeorm";

const owners = (): TableColumn[] => [
  new TableColumn({ name: "user_id", type: "varchar", isNullable: true }),
  new TableColumn({ name: "created_at", type: "bigint", isNullable: true }),
];

/** Whose a removed session was and when it began, so that many of one user can be listed as one. */
export class RemovedSessionOwners1764144000000 implements MigrationInterface {
  readonly name = "RemovedSessionOwners1764144000000";

  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumns("removed_sessions", owners());
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumns("removed_sessions", owners());
  }
}
