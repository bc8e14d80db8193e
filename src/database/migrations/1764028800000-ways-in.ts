import type { MigrationInterface, QueryRunner } from "typeorm";

/** Each identity says whether its user can come back with it. */
export class WaysIn1764028800000 implements MigrationInterface {
  readonly name = "WaysIn1764028800000";

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE identities ADD COLUMN is_way_in boolean NOT NULL DEFAULT true");
    await runner.query("UPDATE identities SET is_way_in = false WHERE provider = 'anon-user'");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE identities DROP COLUMN is_way_in");
  }
}
