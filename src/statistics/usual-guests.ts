import type { EntityManager } from "typeorm";
import { type Clock, dayOf } from "../clock.ts";
import { select } from "../database/sql.ts";

const DAYS = 7;
const DAY_MINUTES = 1_440;

/**
 * How many guests were created per minute, on the median of the last seven whole days: a day of a flood does not change what
 * is usual.
 */
export async function readUsualGuests({
  reads,
  clock,
}: {
  reads: EntityManager;
  clock: Clock;
}): Promise<number> {
  const today = dayOf(clock.now());
  const days = await select<{ count: number }>(
    reads,
    // Imported users have no provider.
    `SELECT sum(count) AS count FROM daily_counts
     WHERE kind = 'arrived' AND key <> '' AND day >= ? AND day < ? GROUP BY day`,
    [today - DAYS, today],
  );
  const counts = days.map(({ count }) => Number(count)).sort((a, b) => b - a);
  return (counts[Math.floor(DAYS / 2)] ?? 0) / DAY_MINUTES;
}
