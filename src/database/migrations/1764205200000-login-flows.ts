import { type MigrationInterface, type QueryRunner, Table, TableForeignKey, TableIndex } from "typeorm";

/** One table of all logins that take two steps: redirects, which it had, and challenges. */
export class LoginFlows1764205200000 implements MigrationInterface {
  readonly name = "LoginFlows1764205200000";

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      flowsTable("login_flows", [
        { name: "hash", type: "varchar", isPrimary: true },
        { name: "kind", type: "varchar" },
        { name: "input", type: "varchar", isNullable: true },
      ]),
    );
    await runner.query(
      `INSERT INTO login_flows (hash, kind, input, provider, settings_fingerprint, session_id, expires_at)
       SELECT state_hash, 'redirect', redirect_uri, provider, settings_fingerprint, session_id, expires_at FROM oauth_flows`,
    );
    await runner.dropTable("oauth_flows");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      flowsTable("oauth_flows", [
        { name: "state_hash", type: "varchar", isPrimary: true },
        { name: "redirect_uri", type: "varchar" },
      ]),
    );
    await runner.query(
      `INSERT INTO oauth_flows (state_hash, redirect_uri, provider, settings_fingerprint, session_id, expires_at)
       SELECT hash, input, provider, settings_fingerprint, session_id, expires_at FROM login_flows WHERE kind = 'redirect'`,
    );
    await runner.dropTable("login_flows");
  }
}

const flowsTable = (name: string, columns: NonNullable<ConstructorParameters<typeof Table>[0]>["columns"]) =>
  new Table({
    name,
    columns: [
      ...(columns ?? []),
      { name: "provider", type: "varchar" },
      { name: "settings_fingerprint", type: "varchar" },
      { name: "session_id", type: "varchar", isNullable: true },
      { name: "expires_at", type: "bigint" },
    ],
    foreignKeys: [
      new TableForeignKey({
        name: `${name}_session_fk`,
        columnNames: ["session_id"],
        referencedTableName: "sessions",
        referencedColumnNames: ["id"],
        onDelete: "CASCADE",
      }),
    ],
    indices: [
      new TableIndex({ name: `${name}_session`, columnNames: ["session_id"] }),
      new TableIndex({ name: `${name}_expires`, columnNames: ["expires_at"] }),
    ],
  });
