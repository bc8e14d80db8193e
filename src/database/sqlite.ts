/** The SQLite connection below TypeORM, whose query runner costs more than a short statement. */
import type { DataSource } from "typeorm";
import { memoize } from "./memoize.ts";

type Parameter = string | number | null;

/** The part of better-sqlite3 that is used. It is synchronous: the event loop waits for the database. */
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

/** @param sql comes from a finite set: prepared statements are cached as long as the connection is open */
export const prepare = (dataSource: DataSource, sql: string): Statement =>
  prepareOnce(connectionOf(dataSource), sql);

/** False after SQLite rolled back by itself, for example because the disk is full. */
export const isInTransaction = (dataSource: DataSource): boolean => connectionOf(dataSource).inTransaction;

/** SQLite has no booleans, and its driver does not convert them. */
export const toParameters = (values: readonly unknown[]): Parameter[] =>
  values.map((value) => (typeof value === "boolean" ? Number(value) : value) as Parameter);

export const isSqlite = ({ options }: DataSource): boolean => options.type === "better-sqlite3";
