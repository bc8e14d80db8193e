/**
 * Deleting users and identities: the only place that does. Their sessions are deleted with them while access tokens may be
 * unexpired, so the revocation list needs copies of these, session tombstones.
 */
import { type EntityManager, In } from "typeorm";
import { DAY_SECONDS, secondsAfter } from "../../clock.ts";
import { changeReturning, execute, lockRows, select } from "../../database/sql.ts";
import { Identity } from "../../entities/identity.ts";
import type { User } from "../../entities/user.ts";
import { type Departure, identityRemoved } from "../../events/domain-events.ts";
import { type DomainEvent, type EventServices, recordEvents } from "../../events/record-events.ts";
import type { RequestContext } from "../../request-context.ts";
import { endSessions } from "../sessions/end-sessions.ts";

/** Access tokens are valid for a day at most. */
export const TOMBSTONE_DAYS = 2;

/**
 * Deletes users with everything that belongs to them, and records it. Must come last in its transaction, as `recordEvents`.
 * @param options.onlyAnonymous leave users who became permanent meanwhile
 * @param options.seenOnly without tombstones of sessions that were not refreshed for days, whose tokens have expired
 * @param options.eventOf what the deletion of one user was
 * @returns how many were deleted
 */
export async function deleteUsers(
  manager: EntityManager,
  services: EventServices,
  context: RequestContext,
  options: {
    ids: readonly string[];
    onlyAnonymous?: boolean;
    seenOnly?: boolean;
    eventOf: (user: Departure) => DomainEvent;
  },
): Promise<number> {
  const { ids, onlyAnonymous = false, seenOnly = false, eventOf } = options;
  if (ids.length === 0) return 0;
  const places = ids.map(() => "?").join(", ");
  await insertTombstones(manager, { table: "users", ids, now: services.clock.now(), seenOnly });
  const former = await select<{ id: string; user_id: string }>(
    manager,
    `SELECT id, user_id FROM former_user_ids WHERE user_id IN (${places})`,
    ids,
  );
  const deleted = await changeReturning<{ id: string; created_at: number; is_anonymous: number | boolean }>(
    manager,
    `DELETE FROM users WHERE id IN (${places})${onlyAnonymous ? " AND is_anonymous" : ""} RETURNING id, created_at, is_anonymous`,
    ids,
  );
  const events = deleted.map(({ id, created_at, is_anonymous }) =>
    eventOf({
      id,
      ids: [id, ...former.filter((each) => each.user_id === id).map((each) => each.id)],
      createdAt: new Date(Number(created_at)),
      isAnonymous: Boolean(is_anonymous),
    }),
  );
  await recordEvents(manager, services, context, ...events);
  return deleted.length;
}

/**
 * Deletes identities with their credentials and the sessions that end with them, and tells subscribers.
 * @returns how many were deleted
 */
export async function deleteIdentities(
  manager: EntityManager,
  services: EventServices,
  context: RequestContext,
  ids: readonly string[],
): Promise<number> {
  if (ids.length === 0) return 0;
  const places = ids.map(() => "?").join(", ");
  await lockRows(manager, "identities", ids);
  const begun = { where: `identity_id IN (${places})`, parameters: ids, reason: "IDENTITY_REMOVED" } as const;
  await endSessions(manager, services, context, begun);
  await insertTombstones(manager, { table: "identities", ids, now: services.clock.now() });
  const owned = await manager.find(Identity, { where: { id: In([...ids]) }, relations: { user: true } });
  const deleted = await execute(manager, `DELETE FROM identities WHERE id IN (${places})`, ids);
  const events = owned.map((identity) => identityRemoved(identity.user as User, identity));
  await recordEvents(manager, services, context, ...events);
  return deleted;
}

/**
 * Copies the sessions of users or identities, in the transaction that deletes these. Locks their rows, so that no
 * concurrent login adds a session.
 * @param owners.seenOnly leave out sessions that were not refreshed for days, whose tokens have expired
 */
async function insertTombstones(
  manager: EntityManager,
  owners: { table: "users" | "identities"; ids: readonly string[]; now: Date; seenOnly?: boolean },
): Promise<void> {
  const { table, ids, now, seenOnly = false } = owners;
  await lockRows(manager, table, ids);
  const since = +secondsAfter(now, -TOMBSTONE_DAYS * DAY_SECONDS);
  const column = table === "users" ? "user_id" : "identity_id";
  await execute(
    manager,
    // Tokens of a merged session have the anonymous user's id, which is deleted with the user: `user_id` is then unknown.
    `INSERT INTO session_tombstones (id, ended_at, user_id, created_at)
     SELECT id, COALESCE(ended_at, ?),
       CASE WHEN EXISTS (SELECT 1 FROM former_user_ids f WHERE f.user_id = sessions.user_id) THEN NULL ELSE user_id END,
       created_at
     FROM sessions
     WHERE ${column} IN (${ids.map(() => "?").join(", ")}) AND (ended_at IS NULL OR ended_at > ?) AND last_seen_at > ?`,
    [+now, ...ids, since, seenOnly ? since : 0],
  );
}
