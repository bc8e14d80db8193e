/** How each database is opened. This folder is the only place that knows one database from another. */
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

/** The file of a `sqlite:` address. */
export const sqliteFile = (url: string): string => url.slice("sqlite:".length);

/** The absolute path of the file that a database is kept in; null for PostgreSQL and for a throw-away database. */
export function keptFile(url: string): string | null {
  if (databaseKind(url) !== "sqlite" || sqliteFile(url) === ":memory:") return null;
  return resolve(sqliteFile(url));
}

class SnakeCase extends DefaultNamingStrategy {
  override columnName(propertyName: string, customName: string | undefined): string {
    return customName || propertyName.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  }
}

/** 64-bit integers arrive as numbers: ours are times and counts, far below 2^53. */
const pgTypes = {
  getTypeParser: (oid: number, format?: "text" | "binary") =>
    oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format as "text"),
};

interface DataSourceSettings {
  poolSize?: number;
  /** SQLite: how long a statement may wait for another process's lock, holding up this one. */
  busyTimeoutMs?: number;
  readOnly?: boolean;
  /** PostgreSQL: how long a statement or a transaction may take. */
  limits?: WorkLimits;
  /** PostgreSQL: the pool of another data source, or where the next one finds this one's. */
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
    // It holds e-mails and password hashes: made readable by its owner only.
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
    // A lost connection is not the end of the process: the pool replaces it, and whoever used it gets the error.
    poolErrorHandler: () => {},
  });
}
