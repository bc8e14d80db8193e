/** How many sessions a user can have at the same time: a new one ends the oldest beyond that. */
import type { EntityManager } from "typeorm";
import { execute } from "../../database/sql.ts";

/** Far more devices than a person has; enough for the programs that log in with a user's key. */
export const MAX_LIVE_SESSIONS = 1_000;

/** More than there can be; both databases want a limit beside an offset. */
const ALL = 1_000_000_000;

/**
 * Makes room for a session that the same transaction begins. The user's row is locked by then, so that of two logins at the
 * same moment the second counts the first.
 */
export async function endOldestSessions(
  manager: EntityManager,
  { userId, now }: { userId: string; now: Date },
): Promise<void> {
  await execute(
    manager,
    `UPDATE sessions SET ended_at = ? WHERE id IN (
       SELECT id FROM sessions WHERE user_id = ? AND ended_at IS NULL AND (expires_at IS NULL OR expires_at > ?)
       ORDER BY created_at DESC, id DESC LIMIT ? OFFSET ?)`,
    [+now, userId, +now, ALL, MAX_LIVE_SESSIONS - 1],
  );
}
