import { type MigrationInterface, type QueryRunner, TableColumn } from "typeorm";

/** The maximum of ACCESS_TOKEN_SECONDS: existing keys may have signed tokens with that lifetime. */
const LONGEST_TOKEN_SECONDS = 86_400;

export class TokenLife1764126000000 implements MigrationInterface {
  name = "TokenLife1764126000000";

  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn(
      "signing_keys",
      new TableColumn({
        name: "longest_token_seconds",
        type: "integer",
        default: LONGEST_TOKEN_SECONDS,
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn("signing_keys", "longest_token_seconds");
  }
}
