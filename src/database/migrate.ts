/** Migrates a database to the newest schema, once, also when several processes start at the same time. */
import { setTimeout as sleep } from "node:timers/promises";
import { MigrationExecutor } from "typeorm";
import type { Database } from "./database.ts";
import { isBusy } from "./failures.ts";
import { MIGRATION_SECONDS } from "./limits.ts";
import { migrations } from "./migrations/index.ts";
import type { LentConnection } from "./postgres-pool.ts";

/** The database was migrated by a newer program; this one could damage it. */
export class NewerDatabaseError extends Error {
  override readonly name = "NewerDatabaseError";
}

/** Arbitrary, but the same in every version. */
const ADVISORY_LOCK = 7_277_529;
const LOCK_SECONDS = 60;

/**
 * Runs all pending migrations in one transaction.
 * @returns the names of the migrations that ran; empty when the database was up to date
 * @throws NewerDatabaseError when it has migrations that this program does not know
 */
export async function migrate({
  dataSource,
  kind,
}: Pick<Database, "dataSource" | "kind">): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  try {
    if (kind === "sqlite") await beginExclusively((sql) => runner.query(sql));
    else {
      ((await runner.connect()) as LentConnection).extendLease(MIGRATION_SECONDS);
      await runner.query("BEGIN");
      await runner.query(`SELECT pg_advisory_xact_lock(${ADVISORY_LOCK})`);
    }
    try {
      const executor = new MigrationExecutor(dataSource, runner);
      // This transaction is used, because the lock must be taken before pending migrations are looked up.
      executor.transaction = "none";
      const known = new Set(migrations.map((migration) => migration.name));
      const executed = await executor.getExecutedMigrations();
      const unknown = executed.filter((migration) => !known.has(migration.name));
      if (unknown.length > 0) {
        throw new NewerDatabaseError(
          `The database was migrated by a newer version of Passerby (${unknown.map(({ name }) => name).join(", ")}). Start that version or a newer one.`,
        );
      }
      const ran = await executor.executePendingMigrations();
      await runner.query("COMMIT");
      return ran.map((migration) => migration.name);
    } catch (error) {
      await runner.query("ROLLBACK").catch(() => {});
      throw error;
    }
  } finally {
    if (kind === "postgres") await runner.release();
  }
}

/** Whether every migration of this program has run. */
export async function isMigrated({ reads }: Pick<Database, "reads">): Promise<boolean> {
  const rows: { name: string }[] = await reads.query("SELECT name FROM migrations");
  const done = new Set(rows.map((row) => row.name));
  return migrations.every((migration) => done.has(migration.name));
}

async function beginExclusively(query: (sql: string) => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + LOCK_SECONDS * 1_000;
  for (;;) {
    try {
      await query("BEGIN IMMEDIATE");
      return;
    } catch (error) {
      if (!isBusy(error) || Date.now() > deadline) throw error;
      await sleep(20);
    }
  }
}
