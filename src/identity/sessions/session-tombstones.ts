/**
 * Sessions that are about to go with their user or their identity. Their access tokens are still out there, so their ids
 * are kept for as long as one could be unexpired.
 */
import type { EntityManager } from "typeorm";
import { DAY_SECONDS, secondsAfter } from "../../clock.ts";
import { execute, lockRows } from "../../database/sql.ts";

/** Access tokens live for a day at most. */
export const REMOVED_SESSION_DAYS = 2;

/**
 * Keeps the ids of the sessions of users or identities, in the transaction that deletes these. Their rows are locked, so
 * that no login adds a session in between.
 * @param owners.seenOnly leave out sessions that were not refreshed for days: for users whose tokens come from that alone
 */
export async function insertSessionTombstones(
  manager: EntityManager,
  owners: { table: "users" | "identities"; ids: readonly string[]; now: Date; seenOnly?: boolean },
): Promise<void> {
  const { table, ids, now, seenOnly = false } = owners;
  if (ids.length === 0) return;
  await lockRows(manager, table, ids);
  const since = +secondsAfter(now, -REMOVED_SESSION_DAYS * DAY_SECONDS);
  const column = table === "users" ? "user_id" : "identity_id";
  await execute(
    manager,
    // Tokens of a session that came by a merge say the id of the guest, and with the user goes what that was.
    `INSERT INTO session_tombstones (id, ended_at, user_id, created_at)
     SELECT id, COALESCE(ended_at, ?),
       CASE WHEN EXISTS (SELECT 1 FROM former_user_ids f WHERE f.user_id = sessions.user_id) THEN NULL ELSE user_id END,
       created_at
     FROM sessions
     WHERE ${column} IN (${ids.map(() => "?").join(", ")}) AND (ended_at IS NULL OR ended_at > ?) AND last_seen_at > ?`,
    [+now, ...ids, since, seenOnly ? since : 0],
  );
}
