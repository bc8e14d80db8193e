import type { Logger } from "pino";
import { type Clock, dayOf } from "../clock.ts";
import type { Writes } from "../database/writes.ts";
import type { DailyCount, DailyCountKind } from "../entities/daily-count.ts";
import { dailyCountRows } from "./daily-counts.ts";

/** Counts within this time are stored together, one row per key, so that a flood costs one statement per second. */
const GATHER_MS = 1_000;

/** Counts what happens in no transaction. */
interface GatheredCounter<Key extends string> {
  count(key: Key): void;
  /** Resolves when all counts are stored. */
  flush(): Promise<void>;
}

interface CounterServices {
  readonly writes: Writes;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Counts failed logins by error code. */
export const createFailureCounter = (services: CounterServices): GatheredCounter<string> =>
  createGatheredCounter(services, "refused");

/** Counts proofs of work by outcome. */
export const createProofCounter = (services: CounterServices): GatheredCounter<string> =>
  createGatheredCounter(services, "proof");

/** Daily counts of one kind. Those that are not stored yet are lost when the process crashes. */
function createGatheredCounter<Key extends string>(
  { writes, clock, log }: CounterServices,
  kind: DailyCountKind,
): GatheredCounter<Key> {
  let pending = new Map<string, DailyCount>();
  let timer: NodeJS.Timeout | null = null;
  let storing: Promise<void> = Promise.resolve();

  const store = async (): Promise<void> => {
    const rows = [...pending.values()];
    pending = new Map();
    if (rows.length === 0) return;
    await writes.insert([dailyCountRows(rows)]).catch((err: unknown) => {
      log.warn({ err, kind }, "daily counts could not be stored");
    });
  };
  const flush = (): Promise<void> => {
    if (timer) clearTimeout(timer);
    timer = null;
    storing = storing.then(store);
    return storing;
  };
  return {
    count(key) {
      const day = dayOf(clock.now());
      const row = pending.get(`${day}:${key}`) ?? { day, kind, key, shard: 0, count: 0 };
      row.count += 1;
      pending.set(`${day}:${key}`, row);
      timer ??= setTimeout(() => void flush(), GATHER_MS).unref();
    },
    flush,
  };
}
