/**
 * The write path. SQLite has one writing connection: all waiting writes go into one transaction, each in its own
 * savepoint, so that they share one commit and one fsync, and a failed write rolls back alone. On PostgreSQL
 * transactions run concurrently, and rows that were decided beforehand share a commit.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { DataSource, EntityManager } from "typeorm";
import { PasserbyError } from "../errors.ts";
import { createCommitQueue, type PendingWrite } from "./commit-queue.ts";
import { isBusy, isConflict, isReadOnlyServer, isUnavailable } from "./failures.ts";
import { insertRows, joinRows, type Rows } from "./insert-rows.ts";
import { interactive, long, type WorkLimits } from "./limits.ts";
import { isInTransaction, prepare } from "./sqlite.ts";
import type { WriteHealth } from "./write-health.ts";

export interface Writes {
  /**
   * Inserts rows that were decided beforehand; resolves after the commit. An invalid row fails its own caller only.
   * @throws PasserbyError SERVICE_UNAVAILABLE when the database is not available in time, as `transaction` does
   */
  insert(rows: readonly Rows[]): Promise<void>;
  /**
   * Runs `work` in a transaction and resolves after the commit; an error rolls it back. On SQLite all other writes wait
   * meanwhile, so `work` must await nothing but its manager. On PostgreSQL it is run again after a conflict with another
   * transaction, so it must change nothing but the database.
   */
  transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T>;
  /** Resolves when no write is waiting or open. */
  idle(): Promise<void>;
}

/** SERVICE_UNAVAILABLE if a retry may succeed; other errors are returned as they are. */
const asUnavailable = (error: unknown): unknown =>
  isUnavailable(error)
    ? new PasserbyError("SERVICE_UNAVAILABLE", {
        cause: error,
        details: { retryAfterSeconds: RETRY_SECONDS },
      })
    : error;

/** The deadline passed in the queue, or the database did not answer. */
const lateError = (): unknown =>
  asUnavailable(Object.assign(new Error("The database took too long."), { code: "ETIMEDOUT" }));

/** An estimate: most temporary failures end within this time. */
const RETRY_SECONDS = 2;

/** One queue for both deadlines, in the order of arrival. */
export function createSqliteWrites(
  dataSource: DataSource,
  writeHealth: WriteHealth,
): { writes: Writes; longWrites: Writes } {
  const { manager } = dataSource.createQueryRunner();
  const queue = createCommitQueue((batch) => commitTogether(manager, batch, writeHealth), {
    workers: 1,
    lateError,
  });
  const within = ({ writeSeconds: seconds }: WorkLimits): Writes => ({
    insert: (rows) => queue.add(rows, (manager) => insertRows(manager, ...rows), { seconds }),
    transaction: (work) => queue.add(null, work, { seconds }),
    idle: queue.idle,
  });
  return { writes: within(interactive), longWrites: within(long) };
}

async function commitTogether(
  manager: EntityManager,
  given: readonly PendingWrite[],
  writeHealth: WriteHealth,
): Promise<void> {
  const run = (sql: string): unknown => prepare(manager.connection, sql).run([]);
  const inSavepoint = async (
    work: () => Promise<unknown>,
  ): Promise<{ value: unknown } | { error: unknown }> => {
    run("SAVEPOINT pending");
    try {
      const value = await work();
      run("RELEASE pending");
      return { value };
    } catch (error) {
      if (!isInTransaction(manager.connection)) throw error;
      run("ROLLBACK TO pending");
      run("RELEASE pending");
      return { error };
    }
  };
  const settle: (() => void)[] = [];
  let batch = given;
  try {
    await beginImmediate(run, given);
    batch = given.filter((write) => !write.isGivenUp);
    for (const write of batch) write.isBegun = true;
    const rowWrites = batch.filter((write) => write.rows !== null);
    const joined = joinRows(rowWrites.map((write) => write.rows ?? []));
    const together = rowWrites.length > 1 ? await inSavepoint(() => insertRows(manager, ...joined)) : null;
    for (const write of batch) {
      if (write.rows !== null && together !== null && !("error" in together)) {
        settle.push(() => write.resolve(undefined));
        continue;
      }
      const outcome = await inSavepoint(() => write.work(manager));
      settle.push(() => {
        if (!("error" in outcome)) return write.resolve(outcome.value);
        writeHealth.failed(outcome.error);
        write.reject(asUnavailable(outcome.error));
      });
    }
    run("COMMIT");
    for (const answer of settle) answer();
  } catch (error) {
    writeHealth.failed(error);
    if (isInTransaction(manager.connection)) run("ROLLBACK");
    for (const write of batch) write.reject(asUnavailable(error));
  }
}

/**
 * Takes the write lock at the beginning: upgrading a read transaction later can fail with SQLITE_BUSY. While another process
 * has the lock, it waits until the last deadline of the batch.
 */
async function beginImmediate(run: (sql: string) => unknown, batch: readonly PendingWrite[]): Promise<void> {
  for (;;) {
    try {
      run("BEGIN IMMEDIATE");
      return;
    } catch (error) {
      if (!isBusy(error) || batch.every((write) => write.isGivenUp)) throw error;
      await sleep(5);
    }
  }
}

/** While one batch is committed the next one fills; PostgreSQL flushes its log for both together. */
const COMMITS_AT_ONCE = 2;

/** Then the caller gets SERVICE_UNAVAILABLE. */
const MAX_TRIES = 5;

/**
 * Retries a transaction after a conflict, with a random pause, so that two transactions do not conflict again. After a
 * failover it is retried once, on a new connection.
 */
async function retryOnConflict<T>(transaction: () => Promise<T>, seconds: number): Promise<T> {
  const lastTry = performance.now() + (seconds * 1_000) / 2;
  for (let tries = 1; ; tries++) {
    try {
      return await transaction();
    } catch (error) {
      const mayWork = isConflict(error) ? tries < MAX_TRIES : isReadOnlyServer(error) && tries === 1;
      if (!mayWork || performance.now() > lastTry) throw error;
      await sleep(Math.random() * 50 * tries);
    }
  }
}

export function createPostgresWrites(
  dataSource: DataSource,
  { limits: { writeSeconds: seconds }, writeHealth }: { limits: WorkLimits; writeHealth: WriteHealth },
): Writes {
  const { manager } = dataSource;
  const toClient = (error: unknown): unknown => {
    writeHealth.failed(error);
    return asUnavailable(error);
  };
  const queue = createCommitQueue(
    async (batch) => {
      try {
        const joined = joinRows(batch.map((write) => write.rows ?? []));
        await retryOnConflict(() => insertRows(manager, ...joined), seconds);
        for (const write of batch) write.resolve(undefined);
      } catch (error) {
        if (batch.length === 1 || isUnavailable(error)) {
          for (const write of batch) write.reject(toClient(error));
          return;
        }
        for (const write of batch) {
          if (write.isGivenUp) continue;
          await write.work(manager).then(write.resolve, (error) => write.reject(toClient(error)));
        }
      }
    },
    { workers: COMMITS_AT_ONCE, lateError },
  );
  let open = 0;
  let whenIdle: (() => void)[] = [];
  return {
    insert: (rows) => queue.add(rows, (manager) => insertRows(manager, ...rows), { seconds }),
    async transaction(work) {
      open += 1;
      try {
        return await retryOnConflict(() => dataSource.transaction(work), seconds);
      } catch (error) {
        throw toClient(error);
      } finally {
        open -= 1;
        if (open === 0) for (const resolve of whenIdle.splice(0)) resolve();
      }
    },
    async idle() {
      await queue.idle();
      if (open > 0) await new Promise<void>((resolve) => whenIdle.push(resolve));
      whenIdle = [];
    },
  };
}
