import type { DataSource, EntityManager, EntityTarget, ObjectLiteral } from "typeorm";
import { memoize } from "./memoize.ts";
import { isSqlite, prepare, toParameters } from "./sqlite.ts";

/** Rows of one entity. All `Rows` of an entity have the same `addTo`. */
export interface Rows {
  readonly entity: EntityTarget<ObjectLiteral>;
  readonly rows: readonly object[];
  /** For counters: a row whose primary key exists adds this number to it. */
  readonly addTo?: Sum;
}

interface Sum {
  readonly column: string;
  /** On PostgreSQL a column of the primary key gets a random value below `over`, so that concurrent commits seldom wait. */
  readonly spread: { readonly column: string; readonly over: number };
}

/** The table of an entity. */
interface Table {
  /** Quoted, as the column names in `list` are. */
  readonly name: string;
  readonly list: string;
  /** Adds one column to that of an existing row. */
  onConflict(sum: Sum | undefined): string;
  /** The values of the primary key, except for one column. */
  keyOf(row: object, except: string): string;
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
    onConflict(sum) {
      const column = sum && columns.find(({ propertyName }) => propertyName === sum.column);
      if (!column) return "";
      const counted = driver.escape(column.databaseName);
      return ` ON CONFLICT (${listOf(primaryColumns)}) DO UPDATE SET ${counted} = ${name}.${counted} + excluded.${counted}`;
    },
    keyOf: (row, except) =>
      primaryColumns
        .map(({ propertyName }) => (propertyName === except ? "" : (row as ObjectLiteral)[propertyName]))
        .join(" "),
    columns: columns.map((column) => {
      const { databaseName: name, propertyName, type, transformer } = column;
      const isStoredAsIs = !transformer && (type === "varchar" || type === "integer");
      return {
        name,
        valueOf: isStoredAsIs
          ? (row) => (row as ObjectLiteral)[propertyName] ?? null
          : (row) => driver.preparePersistentValue((row as ObjectLiteral)[propertyName], column) ?? null,
      };
    }),
  };
});

/** Inserts rows of several entities. Referenced rows come first. */
export async function insertRows(manager: EntityManager, ...given: readonly Rows[]): Promise<void> {
  const { connection } = manager;
  const groups = given.map((group) => (group.addTo ? addUp(connection, group, group.addTo) : group));
  if (isSqlite(connection)) return insertOneByOne(connection, groups);
  // One statement, whose text depends on the entities only: one round trip, and atomic without BEGIN.
  const inserts = groups.map(({ entity, addTo }, index) => {
    const { name, list, onConflict } = tableOf(connection, entity);
    return `INSERT INTO ${name} (${list}) SELECT ${list} FROM json_populate_recordset(NULL::${name}, $${index + 1})${onConflict(addTo)}`;
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
  for (const { entity, rows, addTo } of groups) {
    const { name, list, columns, onConflict } = tableOf(connection, entity);
    const places = columns.map(() => "?");
    const statement = prepare(
      connection,
      `INSERT INTO ${name} (${list}) VALUES (${places})${onConflict(addTo)}`,
    );
    for (const row of rows) statement.run(toParameters(columns.map((column) => column.valueOf(row))));
  }
}

/**
 * Adds up rows of the same key, because a statement may update a row only once. Sorted, so that concurrent statements lock
 * rows in the same order.
 */
function addUp(connection: DataSource, group: Rows, { column, spread }: Sum): Rows {
  const { keyOf } = tableOf(connection, group.entity);
  const spreadOver = isSqlite(connection) ? 1 : spread.over;
  const shard = spreadOver === 1 ? 0 : Math.floor(Math.random() * spreadOver);
  const sums = new Map<string, ObjectLiteral>();
  for (const row of group.rows as readonly ObjectLiteral[]) {
    const key = keyOf(row, spread.column);
    const sum = sums.get(key);
    if (sum) sum[column] += row[column];
    else sums.set(key, { ...row, [spread.column]: shard });
  }
  const rows =
    sums.size > 1 ? [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row) : [...sums.values()];
  return { ...group, rows };
}

/** Joins the rows of several callers by entity, in the order in which entities first appear; counters come last. */
export function joinRows(groups: readonly (readonly Rows[])[]): Rows[] {
  const joined = new Map<EntityTarget<ObjectLiteral>, { addTo: Sum | undefined; rows: object[] }>();
  for (const { entity, rows, addTo } of groups.flat()) {
    const all = joined.get(entity) ?? { addTo, rows: [] };
    all.rows.push(...rows);
    joined.set(entity, all);
  }
  return [...joined]
    .map(([entity, { addTo, rows }]) => ({ entity, rows, ...(addTo && { addTo }) }))
    .sort((a, b) => Number(Boolean(a.addTo)) - Number(Boolean(b.addTo)));
}
