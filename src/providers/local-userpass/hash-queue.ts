/**
 * Password hashing takes a processor and 19 MiB for 20 ms or more, and any client can cause it. So few hashes run at once,
 * few wait, and those that would wait for too long are rejected, regardless of client and password.
 */
import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { PasserbyError } from "../../errors.ts";

export interface HashQueue {
  /**
   * Runs work that hashes one or more passwords in sequence.
   * @throws PasserbyError SERVICE_UNAVAILABLE with `retryAfterSeconds` when the queue is full
   */
  run<T>(work: () => Promise<T>): Promise<T>;
}

interface Waiting {
  readonly since: number;
  start(): void;
  reject(): void;
}

/** Limit on a machine of any speed. */
const MAX_WAITING = 200;
/** At least this many may wait, even on a slow machine: a school class that registers at the same time. */
const MIN_WAITING = 30;
/** A longer expected wait is rejected; a login needs time for other steps too. */
const MAX_EXPECTED_WAIT_MS = 3_000;
/** The limit for hashes that were expected to wait less. */
const MAX_WAIT_MS = 6_000;
/**
 * A rejection takes this long: a thousand connections that retry as soon as they are rejected would otherwise keep the event
 * loop busy with nothing else.
 */
const REJECTION_MS = 1_000;
/** At most this many rejections are delayed; further ones are answered at once. */
const MAX_REJECTIONS = 5_000;
/** Initial estimate, replaced by measurements. */
const FIRST_GUESS_MS = 50;

/**
 * One processor is left to the event loop: on two processors, one hash at a time had the higher throughput under attack. Each
 * holds a thread of libuv's pool, which DNS, files and WebCrypto use too, so at least half of them stay free.
 */
function defaultConcurrency(): number {
  const threads = Number(process.env.UV_THREADPOOL_SIZE) || 4;
  return Math.max(1, Math.min(2, availableParallelism() - 1, Math.floor(threads / 2)));
}

export function createHashQueue({ concurrency = defaultConcurrency() } = {}): HashQueue {
  const waiting: Waiting[] = [];
  let running = 0;
  let rejections = 0;
  let averageMs = FIRST_GUESS_MS;

  const expectedWaitMs = (): number => ((waiting.length + 1) * averageMs) / concurrency;
  const isFull = (): boolean =>
    waiting.length >= MIN_WAITING &&
    (waiting.length >= MAX_WAITING || expectedWaitMs() > MAX_EXPECTED_WAIT_MS);
  const tooMuch = (): PasserbyError =>
    new PasserbyError("SERVICE_UNAVAILABLE", {
      details: { retryAfterSeconds: Math.max(1, Math.ceil(expectedWaitMs() / 1_000)) },
    });
  const rejectSlowly = async (): Promise<never> => {
    const error = tooMuch();
    if (rejections < MAX_REJECTIONS) {
      rejections += 1;
      await sleep(REJECTION_MS);
      rejections -= 1;
    }
    throw error;
  };
  const next = (): void => {
    const oldest = performance.now() - MAX_WAIT_MS;
    while (running < concurrency) {
      const first = waiting.shift();
      if (!first) return;
      if (first.since < oldest) first.reject();
      else first.start();
    }
  };
  const start = async <T>(work: () => Promise<T>): Promise<T> => {
    running += 1;
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      averageMs += (performance.now() - startedAt - averageMs) / 8;
      running -= 1;
      next();
    }
  };

  return {
    async run(work) {
      if (running < concurrency) return start(work);
      if (isFull()) return rejectSlowly();
      return new Promise((resolve, reject) => {
        waiting.push({
          since: performance.now(),
          start: () => void start(work).then(resolve, reject),
          reject: () => reject(tooMuch()),
        });
      });
    },
  };
}
