/** Expiry: deletes anonymous users of a certain age, with their sessions and identities. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { EntityManager } from "typeorm";
import { DAY_SECONDS, secondsAfter } from "../../clock.ts";
import { select, skipLocked } from "../../database/sql.ts";
import type { Writes } from "../../database/writes.ts";
import { userExpired } from "../../events/domain-events.ts";
import type { EventServices } from "../../events/record-events.ts";
import type { RequestContext } from "../../request-context.ts";
import type { IdentityPolicy } from "../policy.ts";
import { deleteUsers } from "../revocation/deletions.ts";

export interface ExpiryReport {
  readonly dryRun: boolean;
  /** Users created at or before this time have expired. */
  readonly createdUntil: Date;
  /** How many users were deleted, or in a dry run, would be. */
  readonly users: number;
}

export interface ExpiryServices extends EventServices {
  readonly reads: EntityManager;
  readonly writes: Writes;
  readonly policy: Pick<IdentityPolicy, "anonymousUserDays" | "expiryNoticeDays">;
}

/** Small, so that a login waits for a few milliseconds at most. */
const BATCH = 100;

/**
 * Deletes anonymous users that are at least `anonymousUserDays` old, counted from creation.
 * @param options.onProgress called after each batch with the number deleted so far and the total
 */
export async function expireAnonymousUsers(
  services: ExpiryServices,
  context: RequestContext,
  options: { dryRun: boolean; signal?: AbortSignal; onProgress?: (done: number, total: number) => void },
): Promise<ExpiryReport> {
  const { reads, writes, clock, policy } = services;
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
      deleteBatch(manager, services, context, createdUntil),
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
  services: EventServices,
  context: RequestContext,
  createdUntil: Date,
): Promise<number> {
  const users = await select<{ id: string }>(
    manager,
    `SELECT id FROM users WHERE is_anonymous AND created_at <= ? ORDER BY created_at LIMIT ${BATCH} ${skipLocked(manager)}`,
    [+createdUntil],
  );
  return deleteUsers(manager, services, context, {
    ids: users.map(({ id }) => id),
    // A user who was linked while this waited for the row is no longer anonymous.
    onlyAnonymous: true,
    // Tokens expire with their user, except where ANONYMOUS_USER_DAYS was reduced.
    seenOnly: true,
    eventOf: userExpired,
  });
}
