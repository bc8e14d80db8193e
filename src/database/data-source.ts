/** Opens SQLite and PostgreSQL. Code outside of this folder does not distinguish databases. */
import { closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { dirname, resolve } from "node:path";
import pg from "pg";
import { DataSource, type DataSourceOptions, DefaultNamingStrategy } from "typeorm";
import { entities } from "../entities/index.ts";
import { driverUrl } from "./database-url.ts";
import { interactive, type WorkLimits } from "./limits.ts";
import { migrations } from "./migrations/index.ts";
import { type PostgresPool, poolModule } from "./postgres-pool.ts";

export type DatabaseKind = "sqlite" | "postgres";

export const databaseKind = (url: string): DatabaseKind =>
  url.startsWith("sqlite:") ? "sqlite" : "postgres";

/** The file of a `sqlite:` URL. */
export const sqliteFile = (url: string): string => url.slice("sqlite:".length);

/** The absolute path of the database file; null for PostgreSQL and for a temporary database. */
export function keptFile(url: string): string | null {
  if (databaseKind(url) !== "sqlite" || sqliteFile(url) === ":memory:") return null;
  return resolve(sqliteFile(url));
}

class SnakeCase extends DefaultNamingStrategy {
  override columnName(propertyName: string, customName: string | undefined): string {
    return customName || propertyName.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  }
}

/** Reads 64-bit integers as numbers: they are times and counts, far below 2^53. */
const pgTypes = {
  getTypeParser: (oid: number, format?: "text" | "binary") =>
    oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format as "text"),
};

interface DataSourceSettings {
  poolSize?: number;
  /** SQLite: how long a statement waits for the lock of another process, blocking the event loop. */
  busyTimeoutMs?: number;
  readOnly?: boolean;
  /** PostgreSQL: how long a statement or a transaction may take. */
  limits?: WorkLimits;
  /** PostgreSQL: data sources with the same object share one pool. */
  shared?: { pool: PostgresPool | null };
}

export function createDataSource(url: string, options: DataSourceSettings = {}): DataSource {
  const shared = {
    entities,
    migrations,
    migrationsTableName: "migrations",
    namingStrategy: new SnakeCase(),
    synchronize: false,
    logging: false,
  } satisfies Partial<DataSourceOptions>;

  if (databaseKind(url) === "sqlite") {
    const file = sqliteFile(url);
    mkdirSync(dirname(file), { recursive: true });
    // It contains emails and password hashes: only its owner may read it.
    if (!existsSync(file)) closeSync(openSync(file, "a", 0o600));
    return new DataSource({
      ...shared,
      type: "better-sqlite3",
      database: file,
      timeout: options.busyTimeoutMs ?? 5_000,
      statementCacheSize: 1_000,
      prepareDatabase: (connection: { pragma(text: string): unknown }) => {
        connection.pragma("journal_mode = WAL");
        connection.pragma("synchronous = FULL");
        connection.pragma("cache_size = -16000");
        if (options.readOnly) connection.pragma("query_only = ON");
      },
    });
  }
  return new DataSource({
    ...shared,
    type: "postgres",
    url: driverUrl(url),
    poolSize: options.poolSize ?? 10,
    applicationName: "passerby",
    driver: poolModule(options.shared ?? { pool: null }, options.limits ?? interactive),
    extra: { types: pgTypes, keepAlive: true },
    // A lost connection must not end the process: the pool replaces it, and its user gets the error.
    poolErrorHandler: () => {},
  });
}
