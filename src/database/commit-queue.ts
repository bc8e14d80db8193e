/** A queue of writes that share commits. How a batch is committed is up to each database. */
import type { EntityManager } from "typeorm";
import type { Rows } from "./insert-rows.ts";

/** The write of one caller: rows that were decided beforehand, or work that reads and decides in the transaction. */
export interface PendingWrite {
  readonly rows: readonly Rows[] | null;
  readonly work: (manager: EntityManager) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** By performance.now(). */
  readonly deadline: number;
  /** It was rejected at its deadline. */
  isGivenUp: boolean;
  /** It runs in a transaction: the deadline no longer applies, and its outcome counts. */
  isBegun: boolean;
}

/** The first write of a batch waits for the last. */
const MAX_BATCH = 500;
/** How often deadlines are checked. */
const SWEEP_MS = 250;

/** Each worker takes all waiting writes as one batch. */
export function createCommitQueue(
  drain: (batch: PendingWrite[]) => Promise<void>,
  { workers, lateError }: { workers: number; lateError: () => unknown },
) {
  const waiting: PendingWrite[] = [];
  const inHand = new Set<PendingWrite[]>();
  const working = new Set<Promise<void>>();
  let sweeper: NodeJS.Timeout | null = null;
  const giveUpLate = (): void => {
    if (working.size === 0 && sweeper) {
      clearInterval(sweeper);
      sweeper = null;
    }
    const now = performance.now();
    const isLate = (write: PendingWrite): boolean =>
      !write.isBegun && !write.isGivenUp && write.deadline <= now;
    for (const write of [waiting, ...inHand].flat().filter(isLate)) {
      write.isGivenUp = true;
      write.reject(lateError());
    }
    if (waiting.some((write) => write.isGivenUp)) {
      waiting.splice(0, waiting.length, ...waiting.filter((write) => !write.isGivenUp));
    }
  };
  const startWorker = (): void => {
    const work = async (): Promise<void> => {
      // Writes of this turn of the event loop share the commit.
      await new Promise(setImmediate);
      while (waiting.length > 0) {
        const batch = waiting.splice(0, MAX_BATCH);
        inHand.add(batch);
        await drain(batch);
        inHand.delete(batch);
      }
      // Synchronously after the last check of `waiting`: a later write starts a new worker.
      working.delete(worker);
    };
    const worker = work();
    working.add(worker);
    // Shared by workers: a timer for each commit would cost more than an idle check.
    sweeper ??= setInterval(giveUpLate, SWEEP_MS).unref();
  };
  return {
    /** @param limits.seconds after which it is rejected unless it has begun */
    add<T>(
      rows: readonly Rows[] | null,
      work: (manager: EntityManager) => Promise<T>,
      { seconds }: { seconds: number },
    ): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        waiting.push({
          rows,
          work,
          resolve: resolve as (value: unknown) => void,
          reject,
          deadline: performance.now() + seconds * 1_000,
          isGivenUp: false,
          isBegun: false,
        });
        if (working.size < workers) startWorker();
      });
    },
    idle: async (): Promise<void> => {
      while (working.size > 0) await Promise.all(working);
    },
  };
}
