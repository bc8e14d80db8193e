/**
 * The write path. On SQLite there is one writing connection, and everything that waits for it goes into one
 * transaction, each piece in its own savepoint: one commit, one fsync, and a failure undoes its own piece only.
 * On PostgreSQL transactions run side by side, and rows decided beforehand share a commit.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { DataSource, EntityManager } from "typeorm";
import { PasserbyError } from "../errors.ts";
import { createCommitQueue, type Piece } from "./commit-queue.ts";
import { isBusy, isConflict, isUnavailable } from "./failures.ts";
import { insertRows, joinRows, type Rows } from "./insert-rows.ts";
import { isInTransaction, prepare } from "./sqlite.ts";

export interface Writes {
  /**
   * Inserts rows that were decided beforehand; resolves after the commit. A bad row fails its own caller only.
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

/** How long to wait for another process that writes to the same SQLite file. */
const BUSY_SECONDS = 10;

/** Lets the caller know that trying again may help; other errors pass as they are. */
const asUnavailable = (error: unknown): unknown =>
  isUnavailable(error) ? new PasserbyError("SERVICE_UNAVAILABLE", { cause: error }) : error;

export function createSqliteWrites(dataSource: DataSource): Writes {
  const { manager } = dataSource.createQueryRunner();
  const queue = createCommitQueue((pieces) => commitTogether(manager, pieces), { workers: 1 });
  return {
    insert: (rows) => queue.add(rows, (manager) => insertRows(manager, ...rows)),
    transaction: (work) => queue.add(null, work),
    idle: queue.idle,
  };
}

async function commitTogether(manager: EntityManager, pieces: Piece[]): Promise<void> {
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
  try {
    await beginImmediate(run);
    const rowPieces = pieces.filter((piece) => piece.rows !== null);
    const joined = joinRows(rowPieces.map((piece) => piece.rows ?? []));
    const together = rowPieces.length > 1 ? await inSavepoint(() => insertRows(manager, ...joined)) : null;
    for (const piece of pieces) {
      if (piece.rows !== null && together !== null && !("error" in together)) {
        settle.push(() => piece.resolve(undefined));
        continue;
      }
      const outcome = await inSavepoint(() => piece.work(manager));
      settle.push(() =>
        "error" in outcome ? piece.reject(asUnavailable(outcome.error)) : piece.resolve(outcome.value),
      );
    }
    run("COMMIT");
    for (const answer of settle) answer();
  } catch (error) {
    if (isInTransaction(manager.connection)) run("ROLLBACK");
    for (const piece of pieces) piece.reject(asUnavailable(error));
  }
}

/** Takes the write lock at once: a transaction that only later wants to write could be refused half-way. */
async function beginImmediate(run: (sql: string) => unknown): Promise<void> {
  const deadline = Date.now() + BUSY_SECONDS * 1_000;
  for (;;) {
    try {
      run("BEGIN IMMEDIATE");
      return;
    } catch (error) {
      if (!isBusy(error) || Date.now() > deadline) throw error;
      await sleep(5);
    }
  }
}

/** While one waits for the disk another fills; PostgreSQL writes the log for both at once. */
const COMMITS_AT_ONCE = 2;

/** After this many times the caller is told to come again later. */
const MOST_TRIES = 5;

/** The pause is random, so that two that were in each other's way do not meet again. */
async function repeatOnConflict<T>(transaction: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await transaction();
    } catch (error) {
      if (!isConflict(error) || tries === MOST_TRIES) throw error;
      await sleep(Math.random() * 50 * tries);
    }
  }
}

export function createPostgresWrites(dataSource: DataSource): Writes {
  const { manager } = dataSource;
  const queue = createCommitQueue(
    async (pieces) => {
      try {
        await insertRows(manager, ...joinRows(pieces.map((piece) => piece.rows ?? [])));
        for (const piece of pieces) piece.resolve(undefined);
      } catch (error) {
        if (pieces.length === 1 || isUnavailable(error)) {
          for (const piece of pieces) piece.reject(asUnavailable(error));
          return;
        }
        for (const piece of pieces) {
          await piece.work(manager).then(piece.resolve, (error) => piece.reject(asUnavailable(error)));
        }
      }
    },
    { workers: COMMITS_AT_ONCE },
  );
  let open = 0;
  let whenIdle: (() => void)[] = [];
  return {
    insert: (rows) => queue.add(rows, (manager) => insertRows(manager, ...rows)),
    async transaction(work) {
      open += 1;
      try {
        return await repeatOnConflict(() => dataSource.transaction(work));
      } catch (error) {
        throw asUnavailable(error);
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
