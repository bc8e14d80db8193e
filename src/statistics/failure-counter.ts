import type { Logger } from "pino";
import type { FailureCounter } from "../audit/audit.ts";
import { type Clock, dayOf } from "../clock.ts";
import type { Writes } from "../database/writes.ts";
import type { DailyCount } from "../entities/daily-count.ts";
import { dailyCountRows } from "./daily-counts.ts";

/** Failures within this time are stored together, one row per code, so that a flood costs one statement per second. */
const GATHER_MS = 1_000;

/** Counts failed logins by code. Counts that are not stored yet are lost when the process crashes. */
export function createFailureCounter({
  writes,
  clock,
  log,
}: {
  writes: Writes;
  clock: Clock;
  log: Logger;
}): FailureCounter {
  let pending = new Map<string, DailyCount>();
  let timer: NodeJS.Timeout | null = null;
  let storing: Promise<void> = Promise.resolve();

  const store = async (): Promise<void> => {
    const rows = [...pending.values()];
    pending = new Map();
    if (rows.length === 0) return;
    await writes.insert([dailyCountRows(rows)]).catch((err: unknown) => {
      log.warn({ err }, "failed logins could not be counted");
    });
  };
  const flush = (): Promise<void> => {
    if (timer) clearTimeout(timer);
    timer = null;
    storing = storing.then(store);
    return storing;
  };
  return {
    count(code) {
      const day = dayOf(clock.now());
      const row = pending.get(`${day}:${code}`) ?? { day, kind: "refused", key: code, shard: 0, count: 0 };
      row.count += 1;
      pending.set(`${day}:${code}`, row);
      timer ??= setTimeout(() => void flush(), GATHER_MS).unref();
    },
    flush,
  };
}
