import type { EntityManager, EntityTarget, ObjectLiteral } from "typeorm";

/** Rows of one entity; several callers' rows of the same entity go into one statement. */
export interface Rows {
  readonly entity: EntityTarget<ObjectLiteral>;
  readonly rows: readonly object[];
}

/** Both databases take at least this many parameters in a statement (SQLite 32,766; PostgreSQL 65,535). */
const MOST_PARAMETERS = 32_000;

/** Inserts rows with as few statements as the parameters allow. */
export async function insertRows(manager: EntityManager, { entity, rows }: Rows): Promise<void> {
  const { metadata } = manager.getRepository(entity);
  const { driver } = manager.connection;
  const columns = metadata.columns;
  const most = Math.floor(MOST_PARAMETERS / columns.length);
  for (let start = 0; start < rows.length; start += most) {
    const chunk = rows.slice(start, start + most);
    const parameters: unknown[] = [];
    const tuples = chunk.map((row) => {
      const places = columns.map((column) => {
        const value = driver.preparePersistentValue(column.getEntityValue(row) ?? null, column);
        parameters.push(value);
        return driver.createParameter(column.propertyName, parameters.length - 1);
      });
      return `(${places.join(",")})`;
    });
    const names = columns.map((column) => driver.escape(column.databaseName)).join(",");
    await manager.query(
      `INSERT INTO ${driver.escape(metadata.tableName)} (${names}) VALUES ${tuples.join(",")}`,
      parameters,
    );
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
