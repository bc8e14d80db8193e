/**
 * The write path. On SQLite there is one writing connection, and everything that waits for it goes into one
 * transaction, each piece in its own savepoint: one commit, one fsync, and a failure undoes its own piece only.
 * On PostgreSQL transactions run side by side, and rows decided beforehand share a commit.
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
   * Inserts rows that were decided beforehand; resolves after the commit. A bad row fails its own caller only.
   * @throws PasserbyError SERVICE_UNAVAILABLE when the database cannot be had in time, as `transaction` does
   */
  insert(rows: readonly Rows[]): Promise<void>;
  /**
   * Runs `work` in a transaction and resolves after the commit; whatever it throws undoes all it did. On SQLite
   * every other writer waits meanwhile, so `work` awaits nothing but its manager. On PostgreSQL it is run again when
   * another transaction was in its way, so it changes nothing but the database.
   */
  transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T>;
  /** Resolves when nothing is waiting any more. */
  idle(): Promise<void>;
}

/** Lets the caller know that trying again may help; other errors pass as they are. */
const asUnavailable = (error: unknown): unknown =>
  isUnavailable(error)
    ? new PasserbyError("SERVICE_UNAVAILABLE", {
        cause: error,
        details: { retryAfterSeconds: RETRY_SECONDS },
      })
    : error;

/** Its turn did not come, or the database was silent, until its caller could not wait any longer. */
const lateError = (): unknown =>
  asUnavailable(Object.assign(new Error("The database took too long."), { code: "ETIMEDOUT" }));

/** Nobody knows; most of what passes by itself has passed by then. */
const RETRY_SECONDS = 2;

/** One queue for both: what waits for long does not pass what came before it. */
export function createSqliteWrites(
  dataSource: DataSource,
  writeHealth: WriteHealth,
): { writes: Writes; longWrites: Writes } {
  const { manager } = dataSource.createQueryRunner();
  const queue = createCommitQueue((pieces) => commitTogether(manager, pieces, writeHealth), {
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
    run("SAVEPOINT piece");
    try {
      const value = await work();
      run("RELEASE piece");
      return { value };
    } catch (error) {
      if (!isInTransaction(manager.connection)) throw error;
      run("ROLLBACK TO piece");
      run("RELEASE piece");
      return { error };
    }
  };
  const settle: (() => void)[] = [];
  let pieces = given;
  try {
    await beginImmediate(run, given);
    pieces = given.filter((piece) => !piece.isGivenUp);
    for (const piece of pieces) piece.isBegun = true;
    const rowPieces = pieces.filter((piece) => piece.rows !== null);
    const joined = joinRows(rowPieces.map((piece) => piece.rows ?? []));
    const together = rowPieces.length > 1 ? await inSavepoint(() => insertRows(manager, ...joined)) : null;
    for (const piece of pieces) {
      if (piece.rows !== null && together !== null && !("error" in together)) {
        settle.push(() => piece.resolve(undefined));
        continue;
      }
      const outcome = await inSavepoint(() => piece.work(manager));
      settle.push(() => {
        if (!("error" in outcome)) return piece.resolve(outcome.value);
        writeHealth.failed(outcome.error);
        piece.reject(asUnavailable(outcome.error));
      });
    }
    run("COMMIT");
    for (const answer of settle) answer();
  } catch (error) {
    writeHealth.failed(error);
    if (isInTransaction(manager.connection)) run("ROLLBACK");
    for (const piece of pieces) piece.reject(asUnavailable(error));
  }
}

/**
 * Takes the write lock at once: a transaction that only later wants to write could be refused half-way. While another process
 * has the lock, it waits as long as one of the pieces may.
 */
async function beginImmediate(run: (sql: string) => unknown, pieces: readonly PendingWrite[]): Promise<void> {
  for (;;) {
    try {
      run("BEGIN IMMEDIATE");
      return;
    } catch (error) {
      if (!isBusy(error) || pieces.every((piece) => piece.isGivenUp)) throw error;
      await sleep(5);
    }
  }
}

/** While one waits for the disk another fills; PostgreSQL writes the log for both at once. */
const COMMITS_AT_ONCE = 2;

/** After this many times the caller is told to come again later. */
const MAX_TRIES = 5;

/**
 * Does again what the server undid: the pause is random, so that two that were in each other's way do not meet again. After a
 * failover it is tried once more, on a connection of its own.
 */
async function repeatWhenUndone<T>(transaction: () => Promise<T>, seconds: number): Promise<T> {
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
    async (pieces) => {
      try {
        const joined = joinRows(pieces.map((piece) => piece.rows ?? []));
        await repeatWhenUndone(() => insertRows(manager, ...joined), seconds);
        for (const piece of pieces) piece.resolve(undefined);
      } catch (error) {
        if (pieces.length === 1 || isUnavailable(error)) {
          for (const piece of pieces) piece.reject(toClient(error));
          return;
        }
        for (const piece of pieces) {
          if (piece.isGivenUp) continue;
          await piece.work(manager).then(piece.resolve, (error) => piece.reject(toClient(error)));
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
        return await repeatWhenUndone(() => dataSource.transaction(work), seconds);
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
