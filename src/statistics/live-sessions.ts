/** How many sessions are live, by provider. Counting them is expensive, so the result is cached for a minute. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { EntityManager } from "typeorm";
import { createCache } from "../cache.ts";
import type { Clock } from "../clock.ts";
import { select } from "../database/sql.ts";

export interface LiveSessions {
  countedAt: Date;
  total: number;
  byProvider: { provider: string; count: number }[];
}

export interface LiveSessionCounter {
  /** At most a minute old. */
  read(): Promise<LiveSessions>;
}

const FRESH_SECONDS = 60;

export function createLiveSessionCounter({
  reads,
  clock,
}: {
  reads: EntityManager;
  clock: Clock;
}): LiveSessionCounter {
  const counts = createCache((now) => countLiveSessions(reads, now), { freshSeconds: FRESH_SECONDS });
  return { read: () => counts.get(clock.now()) };
}

/** One statement per provider, so that on SQLite other requests get their turn between them. */
async function countLiveSessions(reads: EntityManager, countedAt: Date): Promise<LiveSessions> {
  const byProvider: { provider: string; count: number }[] = [];
  for (let provider = await findProvider(reads, ""); provider !== null; ) {
    await nextTurn();
    const count = await countLiveSessionsOf(reads, provider, countedAt);
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

export async function countLiveSessionsOf(
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
