import {
  type MigrationInterface,
  type QueryRunner,
  Table,
  type TableColumnOptions,
  TableIndex,
} from "typeorm";

const column = (
  name: string,
  type = "varchar",
  options: Partial<TableColumnOptions> = {},
): TableColumnOptions => ({ name, type, ...options });
const key = (name: string, type = "varchar"): TableColumnOptions => column(name, type, { isPrimary: true });
const optional = (name: string, type = "varchar"): TableColumnOptions =>
  column(name, type, { isNullable: true });

/** A partial index of events in which the column is not null, in the order of the event list. */
const byColumn = (name: string, columnName: string, isPartial = true): TableIndex =>
  new TableIndex({
    name: `audit_events_${name}`,
    columnNames: [columnName, "id"],
    ...(isPartial && { where: `${columnName} IS NOT NULL` }),
  });

/** Plain SQL: on SQLite the schema builder would copy the tables. */
const indices = [
  "sessions_live ON sessions (provider, expires_at) WHERE ended_at IS NULL",
  "identities_ways_in ON identities (provider, user_id) WHERE is_way_in",
  "identities_ways_in_of_user ON identities (user_id, provider) WHERE is_way_in",
  "users_disabled ON users (created_at, id) WHERE disabled_at IS NOT NULL",
];

const DAY = 86_400_000;
const dayOf = (columnName: string): string => `CAST(${columnName} / ${DAY} AS integer)`;

/** Daily counts from existing rows. Purged sessions and deleted users are not counted. */
const backfill = [
  `SELECT ${dayOf("i.created_at")}, 'arrived', i.provider, 0, count(*) FROM identities i
   WHERE i.provider = 'anon-user' GROUP BY 1, 3`,
  `SELECT ${dayOf("i.created_at")}, CASE WHEN u.created_at = i.created_at THEN 'linked' ELSE 'merged' END, '', 0, count(*)
   FROM identities i JOIN users u ON u.id = i.user_id
   WHERE i.provider = 'anon-user' AND NOT u.is_anonymous GROUP BY 1, 2`,
  // The first session of an anonymous user is its creation.
  `SELECT ${dayOf("s.created_at")}, 'login', s.provider, 0, count(*) FROM sessions s
   WHERE s.provider <> 'anon-user' GROUP BY 1, 3`,
];

/** Audit events, daily counts, and indexes for the user list and the impact of drafts in large tables. */
export class AuditAndStatistics1764115200000 implements MigrationInterface {
  readonly name = "AuditAndStatistics1764115200000";

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: "audit_events",
        columns: [
          key("id"),
          column("at", "bigint"),
          column("action"),
          optional("code"),
          column("actor_kind"),
          optional("actor"),
          optional("user_id"),
          optional("provider"),
          optional("target"),
          optional("ip_address"),
          optional("user_agent"),
          optional("detail", "text"),
        ],
        indices: [
          byColumn("user", "user_id"),
          byColumn("action", "action", false),
          byColumn("actor", "actor"),
          byColumn("provider", "provider"),
          new TableIndex({
            name: "audit_events_refused",
            columnNames: ["id", "code", "action"],
            where: "code IS NOT NULL",
          }),
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: "daily_counts",
        columns: [
          key("day", "integer"),
          key("kind"),
          key("key"),
          key("shard", "integer"),
          column("count", "integer"),
        ],
      }),
    );
    for (const index of indices) await runner.query(`CREATE INDEX ${index}`);
    // SQLite compares bytes by default.
    if (runner.connection.options.type === "postgres") {
      await runner.query(
        'CREATE INDEX identities_email_bytes ON identities (email COLLATE "C") WHERE email IS NOT NULL',
      );
    }
    for (const counts of backfill) {
      await runner.query(`INSERT INTO daily_counts (day, kind, key, shard, count) ${counts}`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP INDEX IF EXISTS identities_email_bytes");
    for (const index of indices) await runner.query(`DROP INDEX ${index.split(" ")[0]}`);
    await runner.dropTable("daily_counts");
    await runner.dropTable("audit_events");
  }
}
