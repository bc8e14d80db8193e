import { type MigrationInterface, type QueryRunner, Table, TableForeignKey, TableIndex } from "typeorm";

/** Passkeys, names of identities, and which sessions count as recent logins: until now all but those of API keys. */
export class Passkeys1764208800000 implements MigrationInterface {
  readonly name = "Passkeys1764208800000";

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: "passkeys",
        columns: [
          { name: "id", type: "varchar", isPrimary: true },
          { name: "identity_id", type: "varchar" },
          { name: "credential_id", type: "varchar" },
          { name: "public_key", type: "text" },
          { name: "counter", type: "bigint" },
          { name: "transports", type: "text" },
          { name: "is_backed_up", type: "boolean" },
        ],
        foreignKeys: [
          new TableForeignKey({
            name: "passkeys_identity_fk",
            columnNames: ["identity_id"],
            referencedTableName: "identities",
            referencedColumnNames: ["id"],
            onDelete: "CASCADE",
          }),
        ],
        indices: [
          new TableIndex({ name: "passkeys_identity", columnNames: ["identity_id"] }),
          new TableIndex({
            name: "passkeys_credential",
            columnNames: ["credential_id"],
            isUnique: true,
          }),
        ],
      }),
    );
    await runner.query("ALTER TABLE identities ADD COLUMN name varchar");
    const yes = runner.connection.options.type === "postgres" ? "true" : "1";
    for (const table of ["sessions", "merge_tickets"]) {
      await runner.query(`ALTER TABLE ${table} ADD COLUMN counts_as_recent boolean NOT NULL DEFAULT ${yes}`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ["merge_tickets", "sessions"]) {
      await runner.query(`ALTER TABLE ${table} DROP COLUMN counts_as_recent`);
    }
    await runner.query("ALTER TABLE identities DROP COLUMN name");
    await runner.dropTable("passkeys");
  }
}
