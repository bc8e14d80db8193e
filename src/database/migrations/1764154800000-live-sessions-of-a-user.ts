import type { MigrationInterface, QueryRunner } from "typeorm";

/** An index for the live sessions of a user, oldest first, however many have ended. */
export class LiveSessionsOfAUser1764154800000 implements MigrationInterface {
  readonly name = "LiveSessionsOfAUser1764154800000";

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("DROP INDEX sessions_user");
    await runner.query("CREATE INDEX sessions_user ON sessions (user_id, ended_at, created_at)");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP INDEX sessions_user");
    await runner.query("CREATE INDEX sessions_user ON sessions (user_id)");
  }
}
