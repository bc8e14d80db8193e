/** Plain SQL for the paths where a query builder costs more than the query. Parameters are written as `?`. */
import type { EntityManager } from "typeorm";

const numbered = new Map<string, string>();

function forDriver(manager: EntityManager, sql: string): string {
  if (manager.connection.options.type !== "postgres") return sql;
  let text = numbered.get(sql);
  if (text === undefined) {
    let count = 0;
    text = sql.replaceAll("?", () => `$${++count}`);
    numbered.set(sql, text);
  }
  return text;
}

/** Rows as the driver gives them: SQLite has 0 and 1 for booleans, times are milliseconds. */
export function select<T>(
  manager: EntityManager,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<T[]> {
  return manager.query(forDriver(manager, sql), parameters as unknown[]) as Promise<T[]>;
}

/** @returns how many rows were changed; only inside a transaction of the write path */
export async function execute(
  manager: EntityManager,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<number> {
  if (!manager.queryRunner) throw new Error("execute() needs the manager of a transaction");
  const result = await manager.queryRunner.query(forDriver(manager, sql), parameters as unknown[], true);
  return result.affected ?? 0;
}

/** For `SELECT … ` of rows about to be deleted: leaves out those that another transaction holds right now. */
export const skipLocked = (manager: EntityManager): string =>
  manager.connection.options.type === "postgres" ? "FOR UPDATE SKIP LOCKED" : "";

/** Until the transaction ends nobody else changes that table; on SQLite that is so in every transaction. */
export async function lockTable(manager: EntityManager, table: string): Promise<void> {
  if (manager.connection.options.type === "postgres") {
    await manager.query(`LOCK TABLE ${table} IN SHARE ROW EXCLUSIVE MODE`);
  }
}
