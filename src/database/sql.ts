/** Plain SQL for hot paths, where a query builder costs more than the query. Parameters are written as `?`. */
import type { EntityManager } from "typeorm";
import { isSqlite, prepare, toParameters } from "./sqlite.ts";

const numbered = new Map<string, string>();

/** For PostgreSQL, whose parameters are `$1`, `$2`. */
function numberPlaces(sql: string): string {
  let text = numbered.get(sql);
  if (text === undefined) {
    let count = 0;
    text = sql.replaceAll("?", () => `$${++count}`);
    numbered.set(sql, text);
  }
  return text;
}

/** Rows as the driver returns them: booleans of SQLite are 0 and 1, times are milliseconds. */
export async function select<T>(
  manager: EntityManager,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<T[]> {
  if (isSqlite(manager.connection)) {
    return prepare(manager.connection, sql).all(toParameters(parameters)) as T[];
  }
  return manager.query(numberPlaces(sql), parameters as unknown[]);
}

/** What `countRows` counts at most: counting more takes long, and on SQLite the process waits meanwhile. */
export const MAX_COUNTED = 100_000;

/** @param from what follows SELECT. @returns how many rows there are, at most MAX_COUNTED */
export async function countRows(
  manager: EntityManager,
  from: string,
  parameters: readonly unknown[],
): Promise<number> {
  const [row] = await select<{ count: number | string }>(
    manager,
    `SELECT count(*) AS count FROM (SELECT 1 ${from} LIMIT ${MAX_COUNTED}) AS counted`,
    parameters,
  );
  return Number(row?.count ?? 0);
}

/** @returns the number of changed rows; only inside a transaction of the write path */
export async function execute(
  manager: EntityManager,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<number> {
  if (!manager.queryRunner) throw new Error("execute() needs the manager of a transaction");
  if (isSqlite(manager.connection)) {
    return prepare(manager.connection, sql).run(toParameters(parameters)).changes;
  }
  const result = await manager.queryRunner.query(numberPlaces(sql), parameters as unknown[], true);
  return result.affected ?? 0;
}

/** @returns the `RETURNING` columns of the changed or deleted rows; only inside a transaction of the write path */
export async function changeReturning<T>(
  manager: EntityManager,
  sql: string,
  parameters: readonly unknown[],
): Promise<T[]> {
  if (!manager.queryRunner) throw new Error("changeReturning() needs the manager of a transaction");
  if (isSqlite(manager.connection)) return select<T>(manager, sql, parameters);
  const result = await manager.queryRunner.query(numberPlaces(sql), parameters as unknown[], true);
  return result.records as T[];
}

/** A column compared by bytes. In another collation of PostgreSQL a prefix search is not a range of the index. */
export const byteOrder = (manager: EntityManager, column: string): string =>
  isSqlite(manager.connection) ? column : `${column} COLLATE "C"`;

/** For `SELECT … ` of rows to be deleted: skips rows that another transaction has locked. */
export const skipLocked = (manager: EntityManager): string =>
  isSqlite(manager.connection) ? "" : "FOR UPDATE SKIP LOCKED";

/** No other transaction changes the table until this one ends; on SQLite every transaction has that. */
export async function lockTable(manager: EntityManager, table: string): Promise<void> {
  if (!isSqlite(manager.connection)) {
    await manager.query(`LOCK TABLE ${table} IN SHARE ROW EXCLUSIVE MODE`);
  }
}

/**
 * No other transaction changes, deletes or newly references the rows until this one ends; on SQLite every transaction has
 * that.
 */
export async function lockRows(manager: EntityManager, table: string, ids: readonly string[]): Promise<void> {
  if (isSqlite(manager.connection)) return;
  await manager.query(`SELECT 1 FROM ${table} WHERE id = ANY($1) ORDER BY id FOR UPDATE`, [ids]);
}
