/** Finds sessions that ended while their access tokens may be unexpired: each by its id, or all of a user up to a time. */
import type { EntityManager } from "typeorm";
import { secondsAfter } from "../../clock.ts";
import { select } from "../../database/sql.ts";
import { CLOCK_SKEW_SECONDS } from "../policy.ts";
import { toSeconds } from "../tokens/tokens.ts";

export interface EndedSessions {
  readonly sessionIds: readonly string[];
  /** Every session of that user that began before that second (`auth_time`) has ended. Empty unless there are many. */
  readonly users: readonly (readonly [userId: string, beforeSeconds: number])[];
  /** false when some were left out. */
  readonly isComplete: boolean;
}

interface EndedRow {
  readonly id: string;
  /** null where the `sub` of its tokens is unknown. */
  readonly user_id: string | null;
  readonly created_at: number | string | null;
}

const COLUMNS = "id, user_id, created_at";
const ENDED = `SELECT ${COLUMNS} FROM sessions WHERE ended_at > ? ORDER BY ended_at DESC LIMIT ?`;
const REMOVED = `SELECT ${COLUMNS} FROM session_tombstones WHERE ended_at > ? ORDER BY ended_at DESC LIMIT ?`;
/** No tokens are issued to a disabled user, so those of a user who was disabled before that have expired. */
const DISABLED = `SELECT s.id, s.user_id, s.created_at FROM users u JOIN sessions s ON s.user_id = u.id
  WHERE u.disabled_at > ? AND s.ended_at IS NULL ORDER BY u.disabled_at DESC LIMIT ?`;

/** Up to this many times the limit is read, to find users with many ended sessions. */
const READ_FACTOR = 4;
/** Users in one statement. */
const CHUNK = 500;
/** Times are rounded to this, so that an otherwise unchanged list stays the same. */
const STEP_SECONDS = 60;

/**
 * Up to `limit` entries, the newest sessions first. Sessions are grouped by user only when there are more than that.
 * @param options.since tokens of sessions that ended before this time have expired
 */
export async function findEndedSessions(
  reads: EntityManager,
  { since, now, limit }: { since: Date; now: Date; limit: number },
): Promise<EndedSessions> {
  const most = limit * READ_FACTOR;
  const rows = new Map<string, EndedRow>();
  for (const sql of [ENDED, REMOVED, DISABLED]) {
    for (const row of await select<EndedRow>(reads, sql, [+since, most + 1])) rows.set(row.id, row);
  }
  const all = [...rows.values()].slice(0, most);
  if (rows.size <= limit) return { sessionIds: all.map(({ id }) => id), users: [], isComplete: true };
  const { users, rest } = await groupByUser(reads, all, { since, now });
  const room = Math.max(0, limit - users.length);
  return {
    sessionIds: rest.slice(0, room).map(({ id }) => id),
    users: users.slice(0, limit),
    isComplete: rows.size <= most && users.length + rest.length <= limit,
  };
}

type UserEntry = readonly [string, number];

/** Groups the sessions of a user where that makes fewer entries. */
async function groupByUser(
  reads: EntityManager,
  rows: readonly EndedRow[],
  { since, now }: { since: Date; now: Date },
): Promise<{ users: UserEntry[]; rest: EndedRow[] }> {
  const byUser = new Map<string, EndedRow[]>();
  for (const row of rows) {
    if (row.user_id === null || row.created_at === null) continue;
    const theirs = byUser.get(row.user_id);
    if (theirs) theirs.push(row);
    else byUser.set(row.user_id, [row]);
  }
  const candidates = [...byUser].filter(([, theirs]) => theirs.length > 2);
  const ids = candidates.map(([userId]) => userId);
  const firstLive = await findFirstLive(reads, ids, since);
  const formerIds = await findFormerIds(reads, ids);
  // Must not cover a session that begins later at a gateway whose clock is behind.
  const newest = Math.floor((toSeconds(now) - CLOCK_SKEW_SECONDS) / STEP_SECONDS) * STEP_SECONDS;

  const users: UserEntry[] = [];
  const covered = new Set<EndedRow>();
  for (const [userId, theirs] of candidates) {
    const before = Math.min(newest, firstLive.get(userId) ?? newest);
    const old = theirs.filter(({ created_at }) => Math.floor(Number(created_at) / 1_000) < before);
    // Tokens from before a merge have the anonymous user's id.
    const names = [userId, ...(formerIds.get(userId) ?? [])];
    if (old.length <= names.length) continue;
    for (const name of names) users.push([name, before]);
    for (const row of old) covered.add(row);
  }
  return { users, rest: rows.filter((row) => !covered.has(row)) };
}

/** The second in which each user's oldest active session began. Disabled users have none. */
async function findFirstLive(
  reads: EntityManager,
  userIds: readonly string[],
  since: Date,
): Promise<Map<string, number>> {
  const rows = await selectOfUsers<{ user_id: string; first: number | string }>(
    reads,
    (places) => `SELECT s.user_id, MIN(s.created_at) AS first FROM sessions s JOIN users u ON u.id = s.user_id
      WHERE s.user_id IN (${places}) AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?)
        AND u.disabled_at IS NULL GROUP BY s.user_id`,
    { userIds, others: [+since] },
  );
  return new Map(rows.map(({ user_id, first }) => [user_id, toSeconds(new Date(Number(first)))]));
}

async function findFormerIds(
  reads: EntityManager,
  userIds: readonly string[],
): Promise<Map<string, string[]>> {
  const rows = await selectOfUsers<{ user_id: string; id: string }>(
    reads,
    (places) => `SELECT user_id, id FROM former_user_ids WHERE user_id IN (${places})`,
    { userIds },
  );
  const found = new Map<string, string[]>();
  for (const { user_id, id } of rows) found.set(user_id, [...(found.get(user_id) ?? []), id]);
  return found;
}

async function selectOfUsers<Row>(
  reads: EntityManager,
  sqlOf: (places: string) => string,
  { userIds, others = [] }: { userIds: readonly string[]; others?: readonly unknown[] },
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let start = 0; start < userIds.length; start += CHUNK) {
    const chunk = userIds.slice(start, start + CHUNK);
    rows.push(...(await select<Row>(reads, sqlOf(chunk.map(() => "?").join(", ")), [...chunk, ...others])));
  }
  return rows;
}

/** Sessions that ended before this time have no unexpired access tokens. */
export const endedSince = (now: Date, longestTokenSeconds: number): Date =>
  secondsAfter(now, -(longestTokenSeconds + CLOCK_SKEW_SECONDS));
