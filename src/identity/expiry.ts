/** Expiry: users that are still anonymous at a certain age are deleted, with their sessions and identities. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { EntityManager } from "typeorm";
import { type Clock, DAY_SECONDS, secondsAfter } from "../clock.ts";
import { insertRows } from "../database/insert-rows.ts";
import { deleteReturning, select, skipLocked } from "../database/sql.ts";
import type { Writes } from "../database/writes.ts";
import { countDeparture, dailyCounts } from "./daily-counts.ts";
import type { IdentityPolicy } from "./policy.ts";

export interface ExpiryReport {
  readonly dryRun: boolean;
  /** Users created at or before this time were old enough. */
  readonly createdUntil: Date;
  /** How many were deleted; in a dry run, how many would be. */
  readonly users: number;
}

/** Small, so that a login waits for a few milliseconds at most. */
const BATCH = 100;

/**
 * Deletes anonymous users that are at least `anonymousUserDays` old, counted from creation.
 * @param options.onProgress called after each batch with the number deleted so far and the number there were
 */
export async function expireAnonymousUsers(
  {
    reads,
    writes,
    clock,
    policy,
  }: {
    reads: EntityManager;
    writes: Writes;
    clock: Clock;
    policy: Pick<IdentityPolicy, "anonymousUserDays">;
  },
  options: { dryRun: boolean; signal?: AbortSignal; onProgress?: (done: number, total: number) => void },
): Promise<ExpiryReport> {
  const createdUntil = secondsAfter(clock.now(), -policy.anonymousUserDays * DAY_SECONDS);
  const [row] = await select<{ count: number }>(
    reads,
    "SELECT count(*) AS count FROM users WHERE is_anonymous AND created_at <= ?",
    [+createdUntil],
  );
  const total = Number(row?.count ?? 0);
  if (options.dryRun) return { dryRun: true, createdUntil, users: total };

  let users = 0;
  while (!options.signal?.aborted) {
    // The condition stands twice: who links while this waits for the row is no longer anonymous, and stays.
    const deleted = await writes.transaction(async (manager) => {
      const gone = await deleteReturning<{ created_at: number }>(
        manager,
        `DELETE FROM users WHERE is_anonymous AND id IN (SELECT id FROM users WHERE is_anonymous AND created_at <= ?
         ORDER BY created_at LIMIT ${BATCH} ${skipLocked(manager)}) RETURNING created_at`,
        [+createdUntil],
      );
      const counts = gone.map((row) => countDeparture({ createdAt: new Date(row.created_at) }, "left"));
      if (counts.length > 0) await insertRows(manager, dailyCounts(...counts));
      return gone.length;
    });
    users += deleted;
    options.onProgress?.(users, Math.max(total, users));
    if (deleted === 0) break;
    await nextTurn();
  }
  return { dryRun: false, createdUntil, users };
}
