/** Expiry: deletes anonymous users of a certain age, with their sessions and identities. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { EntityManager } from "typeorm";
import { type Clock, DAY_SECONDS, secondsAfter } from "../../clock.ts";
import { insertRows } from "../../database/insert-rows.ts";
import { deleteReturning, select, skipLocked } from "../../database/sql.ts";
import type { Writes } from "../../database/writes.ts";
import { countDeparture, dailyCounts } from "../../statistics/daily-counts.ts";
import type { IdentityPolicy } from "../policy.ts";
import { insertSessionTombstones } from "../revocation/session-tombstones.ts";

export interface ExpiryReport {
  readonly dryRun: boolean;
  /** Users created at or before this time have expired. */
  readonly createdUntil: Date;
  /** How many users were deleted, or in a dry run, would be. */
  readonly users: number;
}

/** Small, so that a login waits for a few milliseconds at most. */
const BATCH = 100;

/**
 * Deletes anonymous users that are at least `anonymousUserDays` old, counted from creation.
 * @param options.onProgress called after each batch with the number deleted so far and the total
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
    const deleted = await writes.transaction((manager) =>
      deleteBatch(manager, { createdUntil, now: clock.now() }),
    );
    users += deleted;
    options.onProgress?.(users, Math.max(total, users));
    if (deleted === 0) break;
    await nextTurn();
  }
  return { dryRun: false, createdUntil, users };
}

async function deleteBatch(
  manager: EntityManager,
  { createdUntil, now }: { createdUntil: Date; now: Date },
): Promise<number> {
  const users = await select<{ id: string }>(
    manager,
    `SELECT id FROM users WHERE is_anonymous AND created_at <= ? ORDER BY created_at LIMIT ${BATCH} ${skipLocked(manager)}`,
    [+createdUntil],
  );
  const ids = users.map(({ id }) => id);
  if (ids.length === 0) return 0;
  // Tokens expire with their user, except where ANONYMOUS_USER_DAYS was reduced.
  await insertSessionTombstones(manager, { table: "users", ids, now, seenOnly: true });
  // Checked again: a user who was linked while this waited for the row is no longer anonymous.
  const deleted = await deleteReturning<{ created_at: number }>(
    manager,
    `DELETE FROM users WHERE is_anonymous AND id IN (${ids.map(() => "?").join(", ")}) RETURNING created_at`,
    ids,
  );
  const counts = deleted.map((row) => countDeparture({ createdAt: new Date(row.created_at) }, "left"));
  if (counts.length > 0) await insertRows(manager, dailyCounts(...counts));
  return deleted.length;
}
