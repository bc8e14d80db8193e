import { type MigrationInterface, type QueryRunner, Table, TableForeignKey, TableIndex } from "typeorm";

/** Sessions of the console. */
export class OperatorSessions1764118800000 implements MigrationInterface {
  readonly name = "OperatorSessions1764118800000";

  async up(runner: QueryRunner): Promise<void> {
    const index = (name: string, columnName: string): TableIndex =>
      new TableIndex({ name: `operator_sessions_${name}`, columnNames: [columnName] });
    await runner.createTable(
      new Table({
        name: "operator_sessions",
        columns: [
          { name: "hash", type: "varchar", isPrimary: true },
          { name: "admin_key_id", type: "varchar", isNullable: true },
          { name: "settings_key_mark", type: "varchar", isNullable: true },
          { name: "created_at", type: "bigint" },
          { name: "last_used_at", type: "bigint" },
          { name: "expires_at", type: "bigint" },
        ],
        foreignKeys: [
          new TableForeignKey({
            name: "operator_sessions_admin_key_fk",
            columnNames: ["admin_key_id"],
            referencedTableName: "admin_keys",
            referencedColumnNames: ["id"],
            onDelete: "CASCADE",
          }),
        ],
        indices: [index("admin_key", "admin_key_id"), index("expires", "expires_at")],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable("operator_sessions");
  }
}
