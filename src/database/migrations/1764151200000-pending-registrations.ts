import { type MigrationInterface, type QueryRunner, Table, TableForeignKey, TableIndex } from "typeorm";

const WEEK_MS = 7 * 86_400_000;

const cascade = (table: string, column: string, owner: string): TableForeignKey =>
  new TableForeignKey({
    name: `${table}_${column.replace(/_id$/, "")}_fk`,
    columnNames: [column],
    referencedTableName: owner,
    referencedColumnNames: ["id"],
    onDelete: "CASCADE",
  });
const index = (name: string, column: string): TableIndex =>
  new TableIndex({ name: `pending_registrations_${name}`, columnNames: [column] });

const table = new Table({
  name: "pending_registrations",
  columns: [
    { name: "id", type: "varchar", isPrimary: true },
    { name: "credential_id", type: "varchar" },
    { name: "password_hash", type: "varchar" },
    { name: "identity_id", type: "varchar", isNullable: true },
    { name: "created_at", type: "bigint" },
    { name: "expires_at", type: "bigint" },
  ],
  foreignKeys: [
    cascade("pending_registrations", "credential_id", "password_credentials"),
    cascade("pending_registrations", "identity_id", "identities"),
  ],
  indices: [
    index("credential", "credential_id"),
    index("identity", "identity_id"),
    index("expires", "expires_at"),
  ],
});

/**
 * A password that waits for the confirmation of its email has its own row, so that each email confirms its own password.
 * Existing ones are moved to such rows. A link that waits stays with its user, without reserving the email.
 */
export class PendingRegistrations1764151200000 implements MigrationInterface {
  readonly name = "PendingRegistrations1764151200000";

  async up(runner: QueryRunner): Promise<void> {
    const isPostgres = runner.connection.options.type === "postgres";
    const yes = isPostgres ? "true" : "1";
    await runner.createTable(table);
    await runner.query("ALTER TABLE mail_tokens ADD COLUMN registration_id varchar");
    await runner.createForeignKey(
      "mail_tokens",
      cascade("mail_tokens", "registration_id", "pending_registrations"),
    );
    await runner.query(
      "CREATE INDEX mail_tokens_registration ON mail_tokens (registration_id) WHERE registration_id IS NOT NULL",
    );
    await runner.query(
      "CREATE INDEX password_credentials_pending ON password_credentials (created_at) WHERE is_pending",
    );
    // How existing emails were confirmed is unknown: a reset must not remove sign-in methods of all these users.
    await runner.query(
      `ALTER TABLE password_credentials ADD COLUMN is_vouched_for boolean NOT NULL DEFAULT ${yes}`,
    );
    await runner.query(
      `INSERT INTO pending_registrations (id, credential_id, password_hash, identity_id, created_at, expires_at)
       SELECT id, id, password_hash, identity_id, created_at, ${Date.now() + WEEK_MS} FROM password_credentials WHERE is_pending`,
    );
    await runner.query(
      `UPDATE mail_tokens SET registration_id = credential_id WHERE purpose = 'confirm'
       AND credential_id IN (SELECT id FROM password_credentials WHERE is_pending)`,
    );
    await runner.query(
      "UPDATE password_credentials SET password_hash = 'none', identity_id = NULL WHERE is_pending",
    );
  }

  /** Of several registrations for one email, restores the one with the id of the credential, if it still exists. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `UPDATE password_credentials SET
         password_hash = COALESCE((SELECT r.password_hash FROM pending_registrations r WHERE r.id = password_credentials.id), password_hash),
         identity_id = (SELECT r.identity_id FROM pending_registrations r WHERE r.id = password_credentials.id)
       WHERE is_pending`,
    );
    await runner.query("ALTER TABLE password_credentials DROP COLUMN is_vouched_for");
    await runner.query("DROP INDEX password_credentials_pending");
    await runner.query("DROP INDEX mail_tokens_registration");
    await runner.dropForeignKey("mail_tokens", "mail_tokens_registration_fk");
    await runner.query("ALTER TABLE mail_tokens DROP COLUMN registration_id");
    await runner.dropTable(table);
  }
}
