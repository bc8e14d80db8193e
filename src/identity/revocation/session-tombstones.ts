/**
 * Session tombstones: copies of sessions that are deleted with their user or identity. Their access tokens may be
 * unexpired, so the revocation list needs them.
 */
import type { EntityManager } from "typeorm";
import { DAY_SECONDS, secondsAfter } from "../../clock.ts";
import { execute, lockRows } from "../../database/sql.ts";

/** Access tokens are valid for a day at most. */
export const TOMBSTONE_DAYS = 2;

/**
 * Copies the sessions of users or identities, in the transaction that deletes these. Locks their rows, so that no
 * concurrent login adds a session.
 * @param owners.seenOnly leave out sessions that were not refreshed for days, whose tokens have expired
 */
export async function insertSessionTombstones(
  manager: EntityManager,
  owners: { table: "users" | "identities"; ids: readonly string[]; now: Date; seenOnly?: boolean },
): Promise<void> {
  const { table, ids, now, seenOnly = false } = owners;
  if (ids.length === 0) return;
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
