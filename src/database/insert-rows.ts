import type { DataSource, EntityManager, EntityTarget, ObjectLiteral } from "typeorm";
import { remember } from "./remember.ts";
import { isSqlite, prepare, toParameters } from "./sqlite.ts";

/** Rows of one entity; several callers' rows of the same entity go into one statement. */
export interface Rows {
  readonly entity: EntityTarget<ObjectLiteral>;
  readonly rows: readonly object[];
}

/** How an entity's rows become its table's, worked out once. */
interface Plan {
  /** Up to the tuples of values. */
  readonly insertInto: string;
  valuesOf(row: object): unknown[];
}

const planOf = remember((dataSource: DataSource, entity: EntityTarget<ObjectLiteral>): Plan => {
  const { driver } = dataSource;
  const { tableName, columns } = dataSource.getMetadata(entity);
  const names = columns.map((column) => driver.escape(column.databaseName));
  return {
    insertInto: `INSERT INTO ${driver.escape(tableName)} (${names}) VALUES`,
    valuesOf: (row) =>
      columns.map(
        (column) =>
          driver.preparePersistentValue((row as ObjectLiteral)[column.propertyName], column) ?? null,
      ),
  };
});

/** PostgreSQL takes up to 65,535 parameters in a statement. */
const MOST_PARAMETERS = 32_000;

/** Inserts rows with as few statements as the parameters allow. */
export async function insertRows(manager: EntityManager, { entity, rows }: Rows): Promise<void> {
  const { insertInto, valuesOf } = planOf(manager.connection, entity);
  const tuples = rows.map(valuesOf);
  const width = tuples[0]?.length ?? 0;
  if (isSqlite(manager.connection)) {
    // Without a round trip, one prepared statement for each row is quicker than a long one for all.
    const statement = prepare(manager.connection, `${insertInto} (${Array(width).fill("?")})`);
    for (const tuple of tuples) statement.run(toParameters(tuple));
    return;
  }
  const most = Math.floor(MOST_PARAMETERS / width);
  for (let start = 0; start < tuples.length; start += most) {
    const chunk = tuples.slice(start, start + most);
    let place = 0;
    const places = chunk.map((tuple) => `(${tuple.map(() => `$${++place}`)})`);
    await manager.query(`${insertInto} ${places}`, chunk.flat());
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
