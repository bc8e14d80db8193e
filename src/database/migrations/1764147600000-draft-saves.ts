import { type MigrationInterface, type QueryRunner, TableColumn } from "typeorm";

/** A draft records who saved each provider, to name the author of a change that another operator would overwrite. */
export class DraftSaves1764147600000 implements MigrationInterface {
  readonly name = "DraftSaves1764147600000";

  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn("drafts", new TableColumn({ name: "saves", type: "text", isNullable: true }));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn("drafts", "saves");
  }
}
