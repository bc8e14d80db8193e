import type { DataSource, EntityManager, EntityTarget, ObjectLiteral } from "typeorm";
import { memoize } from "./memoize.ts";
import { isSqlite, prepare, toParameters } from "./sqlite.ts";

/** What to change in rows of one entity, each found by its `id`. All rows have the same `columns`. */
export interface RowChanges<Entity extends ObjectLiteral & { id: string }> {
  readonly entity: EntityTarget<Entity>;
  /** Property names, without `id`. */
  readonly columns: readonly (keyof Entity & string)[];
  readonly rows: readonly (Partial<Entity> & { readonly id: string })[];
}

/**
 * Updates rows that get different values, in one statement on PostgreSQL; only inside a transaction of the write path. Rows
 * that no longer exist are left out.
 */
export async function updateRows<Entity extends ObjectLiteral & { id: string }>(
  manager: EntityManager,
  { entity, columns, rows }: RowChanges<Entity>,
): Promise<void> {
  if (rows.length === 0) return;
  const { connection } = manager;
  const { name, idColumn, changed, toValue } = shapeOf(connection, entity)(columns);
  if (isSqlite(connection)) {
    const set = changed.map((column) => `${column.sql} = ?`);
    const statement = prepare(connection, `UPDATE ${name} SET ${set} WHERE ${idColumn} = ?`);
    for (const row of rows) {
      statement.run(toParameters([...changed.map((column) => toValue(row, column)), row.id]));
    }
    return;
  }
  const values = rows.map((row) =>
    Object.fromEntries([["id", row.id], ...changed.map((column) => [column.key, toValue(row, column)])]),
  );
  const set = changed.map((column) => `${column.sql} = changed.${column.sql}`);
  await manager.query(
    `UPDATE ${name} SET ${set} FROM json_populate_recordset(NULL::${name}, $1) AS changed WHERE ${name}.${idColumn} = changed.${idColumn}`,
    [JSON.stringify(values)],
  );
}

const shapeOf = memoize((dataSource: DataSource, entity: EntityTarget<ObjectLiteral>) => {
  const { driver } = dataSource;
  const metadata = dataSource.getMetadata(entity);
  return (properties: readonly string[]) => {
    const changed = properties.map((property) => {
      const column = metadata.columns.find(({ propertyName }) => propertyName === property);
      if (!column) throw new Error(`${metadata.tableName} has no column for ${property}.`);
      return { column, key: column.databaseName, sql: driver.escape(column.databaseName) };
    });
    return {
      name: driver.escape(metadata.tableName),
      idColumn: driver.escape("id"),
      changed,
      toValue: (row: ObjectLiteral, { column }: (typeof changed)[number]): unknown =>
        driver.preparePersistentValue(row[column.propertyName], column) ?? null,
    };
  };
});
