/** The active sessions of users, newest first, in pages. */
import { select } from "../../database/sql.ts";
import type { Session } from "../../entities/session.ts";
import { PasserbyError } from "../../errors.ts";
import { type SessionRow, type SessionServices, toSession } from "./sessions.ts";

type Reads = Pick<SessionServices, "reads" | "clock">;

const COLUMNS = `id, user_id, provider, identity_id, counts_as_recent, created_at, last_seen_at, expires_at, refresh_generation,
  rotated_at, ended_at, user_agent, ip_address, key_thumbprint`;
const LIVE = "ended_at IS NULL AND (expires_at IS NULL OR expires_at > ?)";

/**
 * The first page of sessions for each of several users.
 * @param first how many of each user
 * @param most how many in total; one more is returned when there are more
 */
export async function listSessions(
  { reads, clock }: Reads,
  userIds: readonly string[],
  { first, most }: { first: number; most: number },
): Promise<Session[]> {
  const rows = await select<SessionRow>(
    reads,
    `SELECT ${COLUMNS} FROM (
       SELECT ${COLUMNS}, row_number() OVER (PARTITION BY user_id ORDER BY created_at DESC, id DESC) AS place
       FROM sessions WHERE user_id IN (${userIds.map(() => "?").join(", ")}) AND ${LIVE}
     ) AS ranked WHERE place <= ? ORDER BY created_at DESC, id DESC LIMIT ?`,
    [...userIds, +clock.now(), first, most + 1],
  );
  return rows.map(toSession);
}

/**
 * The next page of one user.
 * @param after the last session of the previous page; it may have ended since
 * @throws PasserbyError BAD_USER_INPUT when it is not a session of that user
 */
export async function listSessionsAfter(
  { reads, clock }: Reads,
  userId: string,
  { first, after }: { first: number; after: string },
): Promise<Session[]> {
  const last = await findCreatedAt(reads, after, userId);
  if (last === null) {
    throw new PasserbyError("BAD_USER_INPUT", {
      message: "`after` must be the id of the last session of an earlier page.",
    });
  }
  const rows = await select<SessionRow>(
    reads,
    `SELECT ${COLUMNS} FROM sessions WHERE user_id = ? AND ${LIVE}
       AND (created_at < ? OR (created_at = ? AND id < ?))
     ORDER BY created_at DESC, id DESC LIMIT ?`,
    [userId, +clock.now(), last, last, after, first],
  );
  return rows.map(toSession);
}

async function findCreatedAt(reads: Reads["reads"], id: string, userId: string): Promise<number | null> {
  // PostgreSQL rejects text with a NUL.
  if (id.includes("\0")) return null;
  const [row] = await select<{ created_at: number }>(
    reads,
    "SELECT created_at FROM sessions WHERE id = ? AND user_id = ?",
    [id, userId],
  );
  return row?.created_at ?? null;
}
