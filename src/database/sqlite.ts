/** The SQLite connection below TypeORM, whose query runner costs more than a short statement does. */
import type { DataSource } from "typeorm";
import { memoize } from "./memoize.ts";

type Parameter = string | number | null;

/** What we use of better-sqlite3. It works at once: nothing else runs until the database has answered. */
export interface Statement {
  run(parameters: readonly Parameter[]): { readonly changes: number };
  all(parameters: readonly Parameter[]): unknown[];
}

interface Connection {
  readonly inTransaction: boolean;
  prepare(sql: string): Statement;
}

const connectionOf = ({ driver }: DataSource): Connection =>
  (driver as unknown as { databaseConnection: Connection }).databaseConnection;

const prepareOnce = memoize((connection: Connection, sql: string) => connection.prepare(sql));

/** @param sql comes from a finite set: its statement is kept as long as the connection */
export const prepare = (dataSource: DataSource, sql: string): Statement =>
  prepareOnce(connectionOf(dataSource), sql);

/** Not so any more when SQLite has rolled back by itself, as it does when the disk is full. */
export const isInTransaction = (dataSource: DataSource): boolean => connectionOf(dataSource).inTransaction;

/** SQLite has no booleans, and its driver refuses to guess. */
export const toParameters = (values: readonly unknown[]): Parameter[] =>
  values.map((value) => (typeof value === "boolean" ? Number(value) : value) as Parameter);

export const isSqlite = ({ options }: DataSource): boolean => options.type === "better-sqlite3";
