import {
  type MigrationInterface,
  type QueryRunner,
  Table,
  type TableColumnOptions,
  TableForeignKey,
  TableIndex,
} from "typeorm";

const column = (name: string, type = "varchar"): TableColumnOptions => ({ name, type });
const key = (name: string): TableColumnOptions => ({ name, type: "varchar", isPrimary: true });
const optional = (name: string, type = "varchar"): TableColumnOptions => ({ name, type, isNullable: true });
const index = (name: string, columnNames: string[], where?: string): TableIndex =>
  new TableIndex({ name, columnNames, ...(where && { where }) });
const cascade = (columnName: string, referencedTableName: string): TableForeignKey =>
  new TableForeignKey({
    name: `webhook_deliveries_${columnName.replace("_id", "")}_fk`,
    columnNames: [columnName],
    referencedTableName,
    referencedColumnNames: ["id"],
    onDelete: "CASCADE",
  });

const tables = [
  new Table({
    name: "events",
    columns: [
      key("id"),
      column("type"),
      column("at", "bigint"),
      column("user_id"),
      optional("former_user_id"),
      column("data", "text"),
      optional("position", "bigint"),
    ],
    indices: [
      index("events_position", ["position"], "position IS NOT NULL"),
      index("events_without_position", ["id"], "position IS NULL"),
      index("events_user", ["user_id"]),
      index("events_former_user", ["former_user_id"], "former_user_id IS NOT NULL"),
    ],
  }),
  new Table({ name: "counters", columns: [key("name"), column("value", "bigint")] }),
  new Table({
    name: "webhook_endpoints",
    columns: [
      key("id"),
      column("url"),
      optional("types", "text"),
      column("requires_receipt", "boolean"),
      optional("description"),
      column("secret_encrypted", "text"),
      optional("previous_secret_encrypted", "text"),
      optional("previous_secret_until", "bigint"),
      column("created_at", "bigint"),
      optional("disabled_at", "bigint"),
      optional("failing_since", "bigint"),
      optional("last_error", "text"),
      optional("last_delivered_at", "bigint"),
    ],
  }),
  new Table({
    name: "webhook_deliveries",
    columns: [
      key("id"),
      column("endpoint_id"),
      column("event_id"),
      column("position", "bigint"),
      column("user_id"),
      optional("former_user_id"),
      column("state"),
      column("attempts", "integer"),
      column("created_at", "bigint"),
      column("next_attempt_at", "bigint"),
      column("gives_up_at", "bigint"),
      optional("last_attempt_at", "bigint"),
      optional("last_status", "integer"),
      optional("last_error", "text"),
      optional("last_answer", "text"),
      optional("delivered_at", "bigint"),
    ],
    foreignKeys: [cascade("endpoint_id", "webhook_endpoints"), cascade("event_id", "events")],
    indices: [
      index("webhook_deliveries_due", ["endpoint_id", "state", "next_attempt_at", "position"]),
      index("webhook_deliveries_user", ["user_id", "endpoint_id", "position"]),
      index("webhook_deliveries_former_user", ["former_user_id"], "former_user_id IS NOT NULL"),
      index("webhook_deliveries_pending", ["user_id", "endpoint_id", "position"], "state = 'PENDING'"),
      index(
        "webhook_deliveries_pending_merges",
        ["former_user_id", "endpoint_id", "position"],
        "state = 'PENDING' AND former_user_id IS NOT NULL",
      ),
      index("webhook_deliveries_event", ["event_id"]),
      index("webhook_deliveries_state", ["state", "id"]),
      index("webhook_deliveries_endpoint", ["endpoint_id", "id"]),
    ],
  }),
  new Table({
    name: "purge_receipts",
    columns: [
      key("id"),
      column("event_id"),
      column("event_type"),
      column("endpoint_id"),
      optional("endpoint_description"),
      column("user_id"),
      optional("former_user_id"),
      column("requested_at", "bigint"),
      optional("received_at", "bigint"),
      optional("receipt", "text"),
    ],
    indices: [
      index("purge_receipts_event", ["event_id", "endpoint_id"]),
      index("purge_receipts_user", ["user_id"]),
      index("purge_receipts_former_user", ["former_user_id"], "former_user_id IS NOT NULL"),
      index("purge_receipts_outstanding", ["requested_at"], "received_at IS NULL"),
    ],
  }),
  new Table({
    name: "erasures",
    columns: [key("hash"), column("event_id"), column("requested_at", "bigint")],
    indices: [index("erasures_requested", ["requested_at"])],
  }),
];

/** The event log, and what is owed to subscribers. */
export class DomainEvents1764201600000 implements MigrationInterface {
  readonly name = "DomainEvents1764201600000";

  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables) await runner.createTable(table);
    await runner.query(
      "INSERT INTO counters (name, value) VALUES ('event-position', 0), ('expiry-notice', 0)",
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [...tables].reverse()) await runner.dropTable(table);
  }
}
