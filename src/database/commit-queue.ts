/** Pieces of writing that wait for a commit. What a commit is, each database says itself. */
import type { EntityManager } from "typeorm";
import type { Rows } from "./insert-rows.ts";

/** What one caller wants written: rows that were decided beforehand, or work that decides as it goes. */
export interface Piece {
  readonly rows: readonly Rows[] | null;
  readonly work: (manager: EntityManager) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** More than this in one commit makes the first wait long for the last. */
const MOST_PIECES = 500;
/** A queue whose workers each take everything that waits. */
export function createCommitQueue(
  drain: (pieces: Piece[]) => Promise<void>,
  { workers }: { workers: number },
) {
  const waiting: Piece[] = [];
  const working = new Set<Promise<void>>();
  const startWorker = (): void => {
    const work = async (): Promise<void> => {
      // Everything that arrived in this turn of the event loop shares the commit.
      await new Promise(setImmediate);
      while (waiting.length > 0) await drain(waiting.splice(0, MOST_PIECES));
      // In the same step as the last look: what arrives from now on starts a worker again.
      working.delete(worker);
    };
    const worker = work();
    working.add(worker);
  };
  return {
    add<T>(rows: readonly Rows[] | null, work: (manager: EntityManager) => Promise<T>): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        waiting.push({ rows, work, resolve: resolve as (value: unknown) => void, reject });
        if (working.size < workers) startWorker();
      });
    },
    idle: async (): Promise<void> => {
      while (working.size > 0) await Promise.all(working);
    },
  };
}
