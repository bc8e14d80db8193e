import {
  type MigrationInterface,
  type QueryRunner,
  Table,
  type TableColumnOptions,
  TableForeignKey,
  TableIndex,
} from "typeorm";

const text = (name: string, options: Partial<TableColumnOptions> = {}): TableColumnOptions => ({
  name,
  type: "varchar",
  ...options,
});
const longText = (name: string, options: Partial<TableColumnOptions> = {}): TableColumnOptions => ({
  name,
  type: "text",
  ...options,
});
const time = (name: string, options: Partial<TableColumnOptions> = {}): TableColumnOptions => ({
  name,
  type: "bigint",
  ...options,
});
const flag = (name: string, options: Partial<TableColumnOptions> = {}): TableColumnOptions => ({
  name,
  type: "boolean",
  ...options,
});
const id = (name = "id"): TableColumnOptions => text(name, { isPrimary: true });
const nullable = { isNullable: true };

const belongsTo = (table: string, owner: string, column: string): TableForeignKey =>
  new TableForeignKey({
    name: `${table}_${column.replace(/_id$/, "")}_fk`,
    columnNames: [column],
    referencedTableName: owner,
    referencedColumnNames: ["id"],
    onDelete: "CASCADE",
  });

export class Foundation1763942400000 implements MigrationInterface {
  readonly name = "Foundation1763942400000";

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: "users",
        columns: [
          id(),
          flag("is_anonymous"),
          time("created_at"),
          time("last_login_at", nullable),
          time("disabled_at", nullable),
          longText("profile", nullable),
        ],
        indices: [
          new TableIndex({
            name: "users_anonymous_by_age",
            columnNames: ["created_at"],
            where: "is_anonymous",
          }),
          new TableIndex({ name: "users_by_creation", columnNames: ["created_at", "id"] }),
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: "identities",
        columns: [
          id(),
          text("user_id"),
          text("provider"),
          text("subject"),
          text("email", nullable),
          flag("email_verified", nullable),
          time("created_at"),
          time("last_used_at", nullable),
        ],
        foreignKeys: [belongsTo("identities", "users", "user_id")],
        indices: [
          new TableIndex({
            name: "identities_provider_subject",
            columnNames: ["provider", "subject"],
            isUnique: true,
          }),
          new TableIndex({ name: "identities_user", columnNames: ["user_id"] }),
          new TableIndex({ name: "identities_email", columnNames: ["email"], where: "email IS NOT NULL" }),
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: "password_credentials",
        columns: [
          id(),
          text("email"),
          text("password_hash"),
          time("created_at"),
          text("identity_id", nullable),
        ],
        foreignKeys: [belongsTo("password_credentials", "identities", "identity_id")],
        indices: [
          new TableIndex({ name: "password_credentials_email", columnNames: ["email"], isUnique: true }),
          new TableIndex({ name: "password_credentials_identity", columnNames: ["identity_id"] }),
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: "former_user_ids",
        columns: [id(), text("user_id"), time("merged_at")],
        foreignKeys: [belongsTo("former_user_ids", "users", "user_id")],
        indices: [new TableIndex({ name: "former_user_ids_user", columnNames: ["user_id"] })],
      }),
    );
    await runner.createTable(
      new Table({
        name: "sessions",
        columns: [
          id(),
          text("user_id"),
          text("provider"),
          time("created_at"),
          time("last_seen_at"),
          time("expires_at", nullable),
          { name: "refresh_generation", type: "integer" },
          time("rotated_at", nullable),
          time("ended_at", nullable),
          text("user_agent", nullable),
          text("ip_address", nullable),
        ],
        foreignKeys: [belongsTo("sessions", "users", "user_id")],
        indices: [
          new TableIndex({ name: "sessions_user", columnNames: ["user_id"] }),
          new TableIndex({
            name: "sessions_ended",
            columnNames: ["ended_at"],
            where: "ended_at IS NOT NULL",
          }),
          new TableIndex({
            name: "sessions_expiry",
            columnNames: ["expires_at"],
            where: "expires_at IS NOT NULL",
          }),
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: "signing_keys",
        columns: [
          id("kid"),
          longText("public_jwk"),
          text("private_key_encrypted"),
          time("created_at"),
          time("signs_from"),
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: "deployments",
        columns: [
          { name: "version", type: "integer", isPrimary: true },
          longText("providers"),
          longText("changes"),
          text("note", nullable),
          text("deployed_by"),
          time("deployed_at"),
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: "drafts",
        columns: [
          id(),
          { name: "base_version", type: "integer" },
          longText("providers"),
          time("updated_at"),
          text("updated_by"),
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: "admin_keys",
        columns: [
          id(),
          text("name"),
          text("prefix"),
          text("hash"),
          time("created_at"),
          time("last_used_at", nullable),
          time("revoked_at", nullable),
        ],
        indices: [new TableIndex({ name: "admin_keys_hash", columnNames: ["hash"], isUnique: true })],
      }),
    );
    await runner.createTable(
      new Table({
        name: "job_leases",
        columns: [id("name"), text("owner"), time("leased_until")],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    const newestFirst = [
      "job_leases",
      "admin_keys",
      "drafts",
      "deployments",
      "signing_keys",
      "sessions",
      "former_user_ids",
      "password_credentials",
      "identities",
      "users",
    ];
    for (const table of newestFirst) await runner.dropTable(table);
  }
}
