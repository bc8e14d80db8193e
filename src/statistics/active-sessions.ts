/** How many sessions are active, by provider. Counting them is expensive, so the result is cached for a minute. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { EntityManager } from "typeorm";
import { createCache } from "../cache.ts";
import type { Clock } from "../clock.ts";
import { select } from "../database/sql.ts";

export interface ActiveSessions {
  countedAt: Date;
  total: number;
  byProvider: { provider: string; count: number }[];
}

export interface ActiveSessionCounter {
  /** At most a minute old. */
  read(): Promise<ActiveSessions>;
}

const FRESH_SECONDS = 60;

export function createActiveSessionCounter({
  reads,
  clock,
}: {
  reads: EntityManager;
  clock: Clock;
}): ActiveSessionCounter {
  const counts = createCache((now) => countActiveSessions(reads, now), { freshSeconds: FRESH_SECONDS });
  return { read: () => counts.get(clock.now()) };
}

/** One statement per provider, so that on SQLite other requests get their turn between them. */
async function countActiveSessions(reads: EntityManager, countedAt: Date): Promise<ActiveSessions> {
  const byProvider: { provider: string; count: number }[] = [];
  for (let provider = await findProvider(reads, ""); provider !== null; ) {
    await nextTurn();
    const count = await countActiveSessionsOf(reads, provider, countedAt);
    if (count > 0) byProvider.push({ provider, count });
    provider = await findProvider(reads, provider);
  }
  byProvider.sort((a, b) => b.count - a.count);
  return { countedAt, total: byProvider.reduce((sum, { count }) => sum + count, 0), byProvider };
}

/** The next provider in the index, found without scanning the rows of the previous one. */
async function findProvider(reads: EntityManager, after: string): Promise<string | null> {
  const [row] = await select<{ provider: string | null }>(
    reads,
    "SELECT min(provider) AS provider FROM sessions WHERE ended_at IS NULL AND provider > ?",
    [after],
  );
  return row?.provider ?? null;
}

export async function countActiveSessionsOf(
  reads: EntityManager,
  provider: string,
  now: Date,
): Promise<number> {
  const [row] = await select<{ count: number }>(
    reads,
    `SELECT (SELECT count(*) FROM sessions WHERE provider = ? AND ended_at IS NULL AND expires_at IS NULL)
          + (SELECT count(*) FROM sessions WHERE provider = ? AND ended_at IS NULL AND expires_at > ?) AS count`,
    [provider, provider, +now],
  );
  return Number(row?.count ?? 0);
}
