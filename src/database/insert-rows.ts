import type { DataSource, EntityManager, EntityTarget, ObjectLiteral } from "typeorm";
import { remember } from "./remember.ts";
import { isSqlite, prepare, toParameters } from "./sqlite.ts";

/** Rows of one entity. */
export interface Rows {
  readonly entity: EntityTarget<ObjectLiteral>;
  readonly rows: readonly object[];
}

/** How an entity's rows become its table's, worked out once. */
interface Table {
  /** Quoted, as the names of the columns are in `list`. */
  readonly name: string;
  readonly list: string;
  readonly columns: readonly { readonly name: string; valueOf(row: object): unknown }[];
}

const tableOf = remember((dataSource: DataSource, entity: EntityTarget<ObjectLiteral>): Table => {
  const { driver } = dataSource;
  const { tableName, columns } = dataSource.getMetadata(entity);
  return {
    name: driver.escape(tableName),
    list: columns.map((column) => driver.escape(column.databaseName)).join(","),
    columns: columns.map((column) => ({
      name: column.databaseName,
      valueOf: (row) =>
        driver.preparePersistentValue((row as ObjectLiteral)[column.propertyName], column) ?? null,
    })),
  };
});

/** Inserts rows, those of several entities in the order in which they refer to each other. */
export async function insertRows(manager: EntityManager, ...groups: readonly Rows[]): Promise<void> {
  const { connection } = manager;
  if (isSqlite(connection)) return insertOneByOne(connection, groups);
  // One statement, whose text depends on the entities alone: one round trip, and a transaction of its own.
  const inserts = groups.map(({ entity }, index) => {
    const { name, list } = tableOf(connection, entity);
    return `INSERT INTO ${name} (${list}) SELECT ${list} FROM json_populate_recordset(NULL::${name}, $${index + 1})`;
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

/** Without round trips, a short statement for each row is quicker than a long one for all. */
function insertOneByOne(connection: DataSource, groups: readonly Rows[]): void {
  for (const { entity, rows } of groups) {
    const { name, list, columns } = tableOf(connection, entity);
    const places = columns.map(() => "?");
    const statement = prepare(connection, `INSERT INTO ${name} (${list}) VALUES (${places})`);
    for (const row of rows) statement.run(toParameters(columns.map((column) => column.valueOf(row))));
  }
}

/** Joins the rows of several callers, entity by entity, keeping the order in which entities first appear. */
export function joinRows(groups: readonly (readonly Rows[])[]): Rows[] {
  const joined = new Map<EntityTarget<ObjectLiteral>, object[]>();
  for (const { entity, rows } of groups.flat()) {
    const all = joined.get(entity) ?? [];
    all.push(...rows);
    joined.set(entity, all);
  }
  return [...joined].map(([entity, rows]) => ({ entity, rows }));
}
