import type { DataSource, EntityManager, EntityTarget, ObjectLiteral } from "typeorm";
import { DailyCount } from "../entities/daily-count.ts";
import { memoize } from "./memoize.ts";
import { isSqlite, prepare, toParameters } from "./sqlite.ts";

/** Rows of one entity. */
export interface Rows {
  readonly entity: EntityTarget<ObjectLiteral>;
  readonly rows: readonly object[];
}

/** The table of an entity. */
interface Table {
  /** Quoted, as the column names in `list` are. */
  readonly name: string;
  readonly list: string;
  /** For daily counts, adds to existing rows; otherwise empty. */
  readonly onConflict: string;
  readonly columns: readonly { readonly name: string; valueOf(row: object): unknown }[];
}

const tableOf = memoize((dataSource: DataSource, entity: EntityTarget<ObjectLiteral>): Table => {
  const { driver } = dataSource;
  const { tableName, columns, primaryColumns } = dataSource.getMetadata(entity);
  const name = driver.escape(tableName);
  const listOf = (some: readonly { databaseName: string }[]): string =>
    some.map((column) => driver.escape(column.databaseName)).join(",");
  return {
    name,
    list: listOf(columns),
    onConflict:
      entity === DailyCount
        ? ` ON CONFLICT (${listOf(primaryColumns)}) DO UPDATE SET count = ${name}.count + excluded.count`
        : "",
    columns: columns.map((column) => ({
      name: column.databaseName,
      valueOf: (row) =>
        driver.preparePersistentValue((row as ObjectLiteral)[column.propertyName], column) ?? null,
    })),
  };
});

/** Inserts rows of several entities. Referenced rows come first. */
export async function insertRows(manager: EntityManager, ...given: readonly Rows[]): Promise<void> {
  const { connection } = manager;
  const groups = given.map((group) => addUp(group, isSqlite(connection) ? 1 : SHARDS));
  if (isSqlite(connection)) return insertOneByOne(connection, groups);
  // One statement, whose text depends on the entities only: one round trip, and atomic without BEGIN.
  const inserts = groups.map(({ entity }, index) => {
    const { name, list, onConflict } = tableOf(connection, entity);
    return `INSERT INTO ${name} (${list}) SELECT ${list} FROM json_populate_recordset(NULL::${name}, $${index + 1})${onConflict}`;
  });
  const parameters = groups.map(({ entity, rows }) => toJson(tableOf(connection, entity), rows));
  const last = inserts.pop();
  const others = inserts.map((insert, index) => `insert_${index} AS (${insert})`);
  await manager.query(others.length > 0 ? `WITH ${others} ${last}` : String(last), parameters);
}

const toJson = ({ columns }: Table, rows: readonly object[]): string =>
  JSON.stringify(
    rows.map((row) => Object.fromEntries(columns.map((column) => [column.name, column.valueOf(row)]))),
  );

/** Without round trips, one short statement per row is faster than one long statement. */
function insertOneByOne(connection: DataSource, groups: readonly Rows[]): void {
  for (const { entity, rows } of groups) {
    const { name, list, columns, onConflict } = tableOf(connection, entity);
    const places = columns.map(() => "?");
    const statement = prepare(connection, `INSERT INTO ${name} (${list}) VALUES (${places})${onConflict}`);
    for (const row of rows) statement.run(toParameters(columns.map((column) => column.valueOf(row))));
  }
}

/** On PostgreSQL a count has this many rows, so that concurrent commits seldom wait for the same one. */
const SHARDS = 16;

/**
 * Adds up equal daily counts, because a statement may update a row only once. Sorted, so that concurrent statements lock
 * rows in the same order.
 */
function addUp(group: Rows, shards: number): Rows {
  const { entity, rows } = group;
  if (entity !== DailyCount) return group;
  const shard = shards === 1 ? 0 : Math.floor(Math.random() * shards);
  // Hot path, with few different counts: comparing fields is cheaper than building keys.
  const sums: DailyCount[] = [];
  for (const row of rows as readonly DailyCount[]) {
    const sum = sums.find((each) => each.day === row.day && each.kind === row.kind && each.key === row.key);
    if (sum) sum.count += row.count;
    else sums.push({ ...row, shard });
  }
  if (sums.length > 1) sums.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  return { entity, rows: sums };
}

const nameOf = ({ day, kind, key }: DailyCount): string => `${day} ${kind} ${key}`;

/** Joins the rows of several callers by entity, in the order in which entities first appear. */
export function joinRows(groups: readonly (readonly Rows[])[]): Rows[] {
  const joined = new Map<EntityTarget<ObjectLiteral>, object[]>();
  for (const { entity, rows } of groups.flat()) {
    const all = joined.get(entity) ?? [];
    all.push(...rows);
    joined.set(entity, all);
  }
  return [...joined].map(([entity, rows]) => ({ entity, rows }));
}
