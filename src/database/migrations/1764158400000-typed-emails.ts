import { type MigrationInterface, type QueryRunner } from "typeorm";

const tables = ["password_credentials", "pending_registrations"];

/** An email as it was typed, for display; comparisons use the canonical form. */
export class TypedEmails1764158400000 implements MigrationInterface {
  readonly name = "TypedEmails1764158400000";

  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables) {
      await runner.query(`ALTER TABLE ${table} ADD COLUMN typed_email varchar`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of tables) await runner.query(`ALTER TABLE ${table} DROP COLUMN typed_email`);
  }
}
