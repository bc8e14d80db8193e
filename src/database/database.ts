/** An open database: reads, writes and their health. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DataSource, EntityManager } from "typeorm";
import { createDataSource, type DatabaseKind, databaseKind, sqliteFile } from "./data-source.ts";
import { interactive, long, type WorkLimits } from "./limits.ts";
import type { PostgresPool } from "./postgres-pool.ts";
import { createWriteHealth, type WriteHealth } from "./write-health.ts";
import { createPostgresWrites, createSqliteWrites, type Writes } from "./writes.ts";

/** Access with the deadlines of limits.ts. */
export interface DatabaseAccess {
  /** Sees committed rows only. On SQLite it is a separate connection. */
  readonly reads: EntityManager;
  readonly writes: Writes;
}

/** Its own access has the deadlines of requests. */
export interface Database extends DatabaseAccess {
  readonly kind: DatabaseKind;
  /** For jobs, commands, exports and statistics. */
  readonly long: DatabaseAccess;
  /** Whether the last write succeeded. */
  readonly writeHealth: WriteHealth;
  /** For migrations. */
  readonly dataSource: DataSource;
  /** null for PostgreSQL and for a temporary database. */
  readonly file: string | null;
  /** Waits for open writes, then closes. */
  close(): Promise<void>;
}

export async function openDatabase(options: { url: string; poolSize?: number }): Promise<Database> {
  const kind = databaseKind(options.url);
  const writeHealth = createWriteHealth();
  if (kind === "postgres") {
    const shared: { pool: PostgresPool | null } = { pool: null };
    const open = (limits: WorkLimits) =>
      createDataSource(options.url, { ...options, limits, shared }).initialize();
    const closePool = async (): Promise<void> => void (await shared.pool?.close());
    try {
      const dataSource = await open(interactive);
      const longSource = await open(long);
      const writes = createPostgresWrites(dataSource, { limits: interactive, writeHealth });
      const longWrites = createPostgresWrites(longSource, { limits: long, writeHealth });
      return {
        kind,
        dataSource: longSource,
        reads: dataSource.manager,
        writes,
        long: { reads: longSource.manager, writes: longWrites },
        writeHealth,
        file: null,
        close: async () => {
          await Promise.all([writes.idle(), longWrites.idle()]);
          await closePool();
          await Promise.all([dataSource.destroy(), longSource.destroy()]);
        },
      };
    } catch (error) {
      await closePool();
      throw error;
    }
  }

  const isTemporary = sqliteFile(options.url) === ":memory:";
  // A second connection for reads needs a file, so a temporary database is a file in the temporary folder.
  const folder = isTemporary ? mkdtempSync(join(tmpdir(), "passerby-")) : null;
  const url = folder ? `sqlite:${join(folder, "passerby.sqlite")}` : options.url;
  // A short timeout: waiting for the lock of another process blocks the event loop, so the queue waits instead.
  const writer = await createDataSource(url, { busyTimeoutMs: 50 }).initialize();
  const reader = await createDataSource(url, { readOnly: true, busyTimeoutMs: 500 }).initialize();
  const { writes, longWrites } = createSqliteWrites(writer, writeHealth);
  return {
    kind,
    dataSource: writer,
    reads: reader.manager,
    writes,
    long: { reads: reader.manager, writes: longWrites },
    writeHealth,
    file: isTemporary ? null : sqliteFile(url),
    close: async () => {
      await writes.idle();
      await reader.destroy();
      await writer.destroy();
      if (folder) rmSync(folder, { recursive: true, force: true });
    },
  };
}
