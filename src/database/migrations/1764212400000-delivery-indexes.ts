import { type MigrationInterface, type QueryRunner, TableIndex } from "typeorm";

const indexes = [
  new TableIndex({ name: "webhook_deliveries_user", columnNames: ["user_id", "endpoint_id", "position"] }),
  new TableIndex({
    name: "webhook_deliveries_former_user",
    columnNames: ["former_user_id"],
    where: "former_user_id IS NOT NULL",
  }),
];

/** The deliveries of a user are found by its events, so that each delivery has fewer index entries to write. */
export class DeliveryIndexes1764212400000 implements MigrationInterface {
  readonly name = "DeliveryIndexes1764212400000";

  async up(runner: QueryRunner): Promise<void> {
    for (const { name = "" } of indexes) await runner.query(`DROP INDEX ${name}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.createIndices("webhook_deliveries", indexes);
  }
}
