/** Pieces of writing that wait for a commit. What a commit is, each database says itself. */
import type { EntityManager } from "typeorm";
import type { Rows } from "./insert-rows.ts";

/** What one caller wants written: rows that were decided beforehand, or work that decides as it goes. */
export interface PendingWrite {
  readonly rows: readonly Rows[] | null;
  readonly work: (manager: EntityManager) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** By performance.now(); its caller gets an answer by then. */
  readonly deadline: number;
  /** Its caller was told that it failed. */
  isGivenUp: boolean;
  /** From now on it takes no time that could be bounded, and its outcome is the one that counts. */
  isBegun: boolean;
}

/** More than this in one commit makes the first wait long for the last. */
const MAX_PIECES = 500;
/** How often it is looked for those that are too late. */
const SWEEP_MS = 250;

/** A queue whose workers each take everything that waits. */
export function createCommitQueue(
  drain: (pieces: PendingWrite[]) => Promise<void>,
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
    const isLate = (piece: PendingWrite): boolean =>
      !piece.isBegun && !piece.isGivenUp && piece.deadline <= now;
    for (const piece of [waiting, ...inHand].flat().filter(isLate)) {
      piece.isGivenUp = true;
      piece.reject(lateError());
    }
    if (waiting.some((piece) => piece.isGivenUp)) {
      waiting.splice(0, waiting.length, ...waiting.filter((piece) => !piece.isGivenUp));
    }
  };
  const startWorker = (): void => {
    const work = async (): Promise<void> => {
      // Everything that arrived in this turn of the event loop shares the commit.
      await new Promise(setImmediate);
      while (waiting.length > 0) {
        const pieces = waiting.splice(0, MAX_PIECES);
        inHand.add(pieces);
        await drain(pieces);
        inHand.delete(pieces);
      }
      // In the same step as the last look: what arrives from now on starts a worker again.
      working.delete(worker);
    };
    const worker = work();
    working.add(worker);
    // It outlives this worker: one for each commit would cost more than looking in vain once.
    sweeper ??= setInterval(giveUpLate, SWEEP_MS).unref();
  };
  return {
    /** @param wanted.seconds after which it is given up unless it has begun */
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
