/** An open database: what reads, what writes, and whether it answers. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DataSource, EntityManager } from "typeorm";
import { createDataSource, type DatabaseKind, databaseKind, sqliteFile } from "./data-source.ts";
import { createPostgresWrites, createSqliteWrites, type Writes } from "./writes.ts";

export interface Database {
  readonly kind: DatabaseKind;
  /** Sees committed rows only. On SQLite this is a connection of its own. */
  readonly reads: EntityManager;
  readonly writes: Writes;
  /** For migrations. */
  readonly dataSource: DataSource;
  /** null when nothing is kept: PostgreSQL, or a throw-away database. */
  readonly file: string | null;
  /** Waits for what is being written, then closes. */
  close(): Promise<void>;
}

export async function openDatabase(options: { url: string; poolSize?: number }): Promise<Database> {
  const kind = databaseKind(options.url);
  if (kind === "postgres") {
    const dataSource = await createDataSource(options.url, options).initialize();
    const writes = createPostgresWrites(dataSource);
    return {
      kind,
      dataSource,
      reads: dataSource.manager,
      writes,
      file: null,
      close: async () => {
        await writes.idle();
        await dataSource.destroy();
      },
    };
  }

  const isThrowAway = sqliteFile(options.url) === ":memory:";
  // A reader beside the writer needs a file, so a throw-away database is one in the temporary folder.
  const folder = isThrowAway ? mkdtempSync(join(tmpdir(), "passerby-")) : null;
  const url = folder ? `sqlite:${join(folder, "passerby.sqlite")}` : options.url;
  // The writer must not hold up the event loop while another process has the lock: the queue waits instead.
  const writer = await createDataSource(url, { busyTimeoutMs: 50 }).initialize();
  const reader = await createDataSource(url, { readOnly: true }).initialize();
  const writes = createSqliteWrites(writer);
  return {
    kind,
    dataSource: writer,
    reads: reader.manager,
    writes,
    file: isThrowAway ? null : sqliteFile(url),
    close: async () => {
      await writes.idle();
      await reader.destroy();
      await writer.destroy();
      if (folder) rmSync(folder, { recursive: true, force: true });
    },
  };
}
