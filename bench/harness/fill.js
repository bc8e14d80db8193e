/** Inserts a population into a database, without the gateway. */
import Database from "better-sqlite3";
import pg from "pg";
import { createDatabaseAt } from "./make-database.js";
import { columns, makePopulation } from "./population.js";

const ROWS_AT_ONCE = 5_000;

/**
 * @param {string} url
 * @param {{ users: number, seed: number, until: number, passwordHash: string, onProgress?: (done: number, all: number) => void }} options
 * @returns {Promise<Record<string, number>>} the number of inserted rows by table
 */
export async function fillDatabase(url, { onProgress = () => {}, ...options }) {
  await createDatabaseAt(url);
  const target = await openTables(url, { isEmpty: true });
  try {
    if ((await target.countUsers()) > 0)
      throw new Error("There are users in that database already. Seed an empty one.");
    /** @type {Record<string, number>} */
    const rows = {};
    const population = makePopulation(options);
    let done = 0;
    for (;;) {
      const step = population.next();
      if (step.done) {
        const counts = [...step.value].map(([name, count]) => [...splitCount(name), 0, count]);
        await target.write({ daily_counts: counts });
        rows.daily_counts = counts.length;
        break;
      }
      const { batch, users } = step.value;
      await target.write(batch);
      for (const [table, list] of Object.entries(batch)) rows[table] = (rows[table] ?? 0) + list.length;
      done += users;
      onProgress(done, options.users);
    }
    onProgress(options.users, options.users);
    return rows;
  } finally {
    await target.close();
  }
}

const tables = {
  ...columns,
  daily_counts: ["day", "kind", "key", "shard", "count"],
  events: ["id", "type", "at", "user_id", "data", "position"],
  webhook_deliveries: [
    ...["id", "endpoint_id", "event_id", "position", "user_id", "state", "attempts"],
    ...["created_at", "next_attempt_at", "gives_up_at"],
  ],
};

/**
 * The tables of a database, to insert many rows at once.
 * @param {string} url
 * @param {{ isEmpty: boolean }} options `isEmpty`: no gateway uses it, so indexes may be missing meanwhile
 */
export const openTables = async (url, { isEmpty }) =>
  url.startsWith("sqlite:") ? openSqlite(url.slice("sqlite:".length), isEmpty) : openPostgres(url);

function splitCount(/** @type {string} */ name) {
  const [day, kind, key] = name.split("|");
  return [Number(day), kind, key];
}

/** Writes without waiting for the disk: after a crash of the machine the database must be filled again. */
function openSqlite(/** @type {string} */ file, /** @type {boolean} */ isEmpty) {
  const database = new Database(file);
  database.pragma("synchronous = OFF");
  database.pragma("foreign_keys = OFF");
  database.pragma("cache_size = -400000");
  // Created at the end, indexes take half of the time.
  const indices = /** @type {{ name: string, sql: string }[]} */ (
    isEmpty
      ? database.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").all()
      : []
  );
  for (const { name } of indices) database.exec(`DROP INDEX "${name}"`);
  const statements = Object.fromEntries(
    Object.entries(tables).map(([table, names]) => [
      table,
      database.prepare(`INSERT INTO ${table} (${names}) VALUES (${names.map(() => "?")})`),
    ]),
  );
  const write = database.transaction((/** @type {Record<string, unknown[][]>} */ batch) => {
    for (const [table, rows] of Object.entries(batch)) {
      for (const row of rows) {
        statements[table].run(row.map((value) => (typeof value === "boolean" ? Number(value) : value)));
      }
    }
  });
  return {
    write,
    run: async (/** @type {string} */ sql) => void database.prepare(sql).run(),
    countUsers: () =>
      /** @type {{ count: number }} */ (database.prepare("SELECT count(*) AS count FROM users").get()).count,
    close() {
      for (const { sql } of indices) database.exec(sql);
      if (isEmpty) database.exec("ANALYZE");
      database.pragma("synchronous = FULL");
      database.pragma("wal_checkpoint(TRUNCATE)");
      database.close();
    },
  };
}

async function openPostgres(/** @type {string} */ url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("SET synchronous_commit = off");
  /** @type {Set<string>} */
  const filled = new Set();
  return {
    async write(/** @type {Record<string, unknown[][]>} */ batch) {
      await client.query("BEGIN");
      for (const [table, rows] of Object.entries(batch)) {
        if (rows.length > 0) filled.add(table);
        const names = tables[/** @type {keyof typeof tables} */ (table)];
        for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
          const records = rows
            .slice(from, from + ROWS_AT_ONCE)
            .map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]])));
          await client.query(
            `INSERT INTO ${table} (${names}) SELECT ${names} FROM json_populate_recordset(NULL::${table}, $1)`,
            [JSON.stringify(records)],
          );
        }
      }
      await client.query("COMMIT");
    },
    run: async (/** @type {string} */ sql) => void (await client.query(sql)),
    countUsers: async () => Number((await client.query("SELECT count(*) AS count FROM users")).rows[0].count),
    async close() {
      // Otherwise autovacuum does it during a measurement. Not of empty tables, which would then be scanned as such.
      if (filled.size > 0) await client.query(`VACUUM ANALYZE ${[...filled]}`).catch(() => {});
      await client.end();
    },
  };
}
