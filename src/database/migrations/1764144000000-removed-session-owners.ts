import { type MigrationInterface, type QueryRunner, TableColumn } from "typeorm";

const owners = (): TableColumn[] => [
  new TableColumn({ name: "user_id", type: "varchar", isNullable: true }),
  new TableColumn({ name: "created_at", type: "bigint", isNullable: true }),
];

/** User and start time of session tombstones, so that the revocation list can have many of one user as one entry. */
export class RemovedSessionOwners1764144000000 implements MigrationInterface {
  readonly name = "RemovedSessionOwners1764144000000";

  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumns("removed_sessions", owners());
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumns("removed_sessions", owners());
  }
}
