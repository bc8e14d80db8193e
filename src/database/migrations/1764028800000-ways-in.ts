import {
  type MigrationInterface,
  type QueryRunner,
  Table,
  type TableColumnOptions,
  TableForeignKey,
  TableIndex,
} from "typeorm";

const column = (
  name: string,
  type = "varchar",
  options: Partial<TableColumnOptions> = {},
): TableColumnOptions => ({ name, type, ...options });
const time = (name: string, options: Partial<TableColumnOptions> = {}): TableColumnOptions =>
  column(name, "bigint", options);
const key = (name: string): TableColumnOptions => column(name, "varchar", { isPrimary: true });

const belongsTo = (table: string, columnName: string, owner: string): TableForeignKey =>
  new TableForeignKey({
    name: `${table}_${columnName.replace(/_id$/, "")}_fk`,
    columnNames: [columnName],
    referencedTableName: owner,
    referencedColumnNames: ["id"],
    onDelete: "CASCADE",
  });

/** A table with ON DELETE CASCADE; each reference and each listed column has an index. */
function ownedTable(
  name: string,
  columns: TableColumnOptions[],
  { owners, indexed = [] }: { owners: Record<string, string>; indexed?: string[] },
): Table {
  const index = (columnName: string): TableIndex =>
    new TableIndex({
      name: `${name}_${columnName.replace(/_(id|at)$/, "")}`,
      columnNames: [columnName],
      isUnique: columnName === "hash",
    });
  return new Table({
    name,
    columns,
    foreignKeys: Object.entries(owners).map(([columnName, owner]) => belongsTo(name, columnName, owner)),
    indices: [...Object.keys(owners), ...indexed].map(index),
  });
}

const tables = [
  ownedTable("anonymous_login_keys", [key("hash"), column("user_id"), time("expires_at")], {
    owners: { user_id: "users" },
    indexed: ["expires_at"],
  }),
  ownedTable(
    "merge_tickets",
    [
      key("hash"),
      column("session_id"),
      column("identity_id"),
      column("settings_fingerprint"),
      time("expires_at"),
    ],
    { owners: { session_id: "sessions", identity_id: "identities" }, indexed: ["expires_at"] },
  ),
  ownedTable(
    "oauth_flows",
    [
      key("state_hash"),
      column("provider"),
      column("settings_fingerprint"),
      column("redirect_uri"),
      column("session_id", "varchar", { isNullable: true }),
      time("expires_at"),
    ],
    { owners: { session_id: "sessions" }, indexed: ["expires_at"] },
  ),
  ownedTable(
    "api_keys",
    [
      key("id"),
      column("identity_id"),
      column("name"),
      column("prefix"),
      column("hash"),
      column("is_server", "boolean"),
      time("created_at"),
      time("disabled_at", { isNullable: true }),
    ],
    { owners: { identity_id: "identities" }, indexed: ["hash"] },
  ),
  ownedTable("mail_tokens", [key("hash"), column("credential_id"), column("purpose"), time("expires_at")], {
    owners: { credential_id: "password_credentials" },
    indexed: ["expires_at"],
  }),
  ownedTable(
    "outgoing_mails",
    [
      key("id"),
      column("content_encrypted", "text"),
      time("created_at"),
      time("next_attempt_at"),
      column("attempts", "integer"),
    ],
    { owners: {}, indexed: ["next_attempt_at"] },
  ),
];

/**
 * Columns: whether an identity is a sign-in method, and which identity a session belongs to. Tables for merge tickets, API
 * keys, redirect flows and emails.
 */
export class WaysIn1764028800000 implements MigrationInterface {
  readonly name = "WaysIn1764028800000";

  async up(runner: QueryRunner): Promise<void> {
    // Plain SQL: on SQLite the schema builder would copy the whole table for a new column.
    const [yes, no] = runner.connection.options.type === "postgres" ? ["true", "false"] : ["1", "0"];
    await runner.query(`ALTER TABLE identities ADD COLUMN is_way_in boolean NOT NULL DEFAULT ${yes}`);
    await runner.query("UPDATE identities SET is_way_in = false WHERE provider = 'anon-user'");
    await runner.query(
      `ALTER TABLE password_credentials ADD COLUMN is_pending boolean NOT NULL DEFAULT ${no}`,
    );
    await runner.query("ALTER TABLE password_credentials ADD COLUMN confirmed_at bigint");
    await runner.query("ALTER TABLE sessions ADD COLUMN identity_id varchar");
    await runner.createForeignKey("sessions", belongsTo("sessions", "identity_id", "identities"));
    await runner.query(
      "CREATE INDEX sessions_identity ON sessions (identity_id) WHERE identity_id IS NOT NULL",
    );
    for (const table of tables) await runner.createTable(table);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of tables.toReversed()) await runner.dropTable(table);
    await runner.query("DROP INDEX sessions_identity");
    await runner.dropForeignKey("sessions", "sessions_identity_fk");
    await runner.query("ALTER TABLE sessions DROP COLUMN identity_id");
    await runner.query("ALTER TABLE password_credentials DROP COLUMN confirmed_at");
    await runner.query("ALTER TABLE password_credentials DROP COLUMN is_pending");
    await runner.query("ALTER TABLE identities DROP COLUMN is_way_in");
  }
}
