/** Plain SQL for the paths where a query builder costs more than the query. Parameters are written as `?`. */
import type { EntityManager } from "typeorm";
import { isSqlite, prepare, toParameters } from "./sqlite.ts";

const numbered = new Map<string, string>();

/** PostgreSQL writes parameters as `$1`. */
function numberPlaces(sql: string): string {
  let text = numbered.get(sql);
  if (text === undefined) {
    let count = 0;
    text = sql.replaceAll("?", () => `$${++count}`);
    numbered.set(sql, text);
  }
  return text;
}

/** Rows as the driver gives them: SQLite has 0 and 1 for booleans, times are milliseconds. */
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

/** @returns how many rows were changed; only inside a transaction of the write path */
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

/** @returns what `RETURNING` says of the rows that were deleted; only inside a transaction of the write path */
export async function deleteReturning<T>(
  manager: EntityManager,
  sql: string,
  parameters: readonly unknown[],
): Promise<T[]> {
  if (!manager.queryRunner) throw new Error("deleteReturning() needs the manager of a transaction");
  if (isSqlite(manager.connection)) return select<T>(manager, sql, parameters);
  const result = await manager.queryRunner.query(numberPlaces(sql), parameters as unknown[], true);
  return result.records as T[];
}

/** A column compared by its bytes: PostgreSQL otherwise has the order of some language, in which no prefix is a range. */
export const byteOrder = (manager: EntityManager, column: string): string =>
  isSqlite(manager.connection) ? column : `${column} COLLATE "C"`;

/** For `SELECT … ` of rows about to be deleted: leaves out those that another transaction holds right now. */
export const skipLocked = (manager: EntityManager): string =>
  isSqlite(manager.connection) ? "" : "FOR UPDATE SKIP LOCKED";

/** Until the transaction ends nobody else changes that table; on SQLite that is so in every transaction. */
export async function lockTable(manager: EntityManager, table: string): Promise<void> {
  if (!isSqlite(manager.connection)) {
    await manager.query(`LOCK TABLE ${table} IN SHARE ROW EXCLUSIVE MODE`);
  }
}
