import type { MigrationInterface, QueryRunner } from "typeorm";

/** Login flows that an email opens, by a code or a link, and merge tickets for the identity of another provider. */
export class EmailCodes1764219600000 implements MigrationInterface {
  readonly name = "EmailCodes1764219600000";

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE login_flows ADD COLUMN email varchar");
    await runner.query("ALTER TABLE login_flows ADD COLUMN code_hash varchar");
    await runner.query("ALTER TABLE login_flows ADD COLUMN tries integer NOT NULL DEFAULT 0");
    await runner.query(
      "CREATE UNIQUE INDEX login_flows_email ON login_flows (email, provider) WHERE email IS NOT NULL",
    );
    await runner.query("ALTER TABLE merge_tickets ADD COLUMN provider varchar");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE merge_tickets DROP COLUMN provider");
    await runner.query("DELETE FROM login_flows WHERE email IS NOT NULL");
    await runner.query("DROP INDEX login_flows_email");
    for (const column of ["tries", "code_hash", "email"]) {
      await runner.query(`ALTER TABLE login_flows DROP COLUMN ${column}`);
    }
  }
}
