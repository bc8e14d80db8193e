/** Notices: subscribers learn of each anonymous user some days before it expires, once. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { EntityManager } from "typeorm";
import { DAY_SECONDS, secondsAfter } from "../../clock.ts";
import { select, skipLocked } from "../../database/sql.ts";
import { User } from "../../entities/user.ts";
import { userExpiring } from "../../events/domain-events.ts";
import { recordEvents } from "../../events/record-events.ts";
import type { RequestContext } from "../../request-context.ts";
import type { ExpiryServices } from "./expiry.ts";

/** Users that one transaction looks at; small, so that a login waits for a few milliseconds at most. */
const BATCH = 500;

/**
 * Records `user.expiring` for anonymous users who expire within `expiryNoticeDays`, in the order of their creation. Must run
 * in one process at a time.
 * @param options.signal stops between two batches
 * @returns how many
 */
export async function noticeExpiringUsers(
  services: ExpiryServices,
  context: RequestContext,
  { signal }: { signal: AbortSignal },
): Promise<number> {
  const { clock, policy, writes } = services;
  if (policy.expiryNoticeDays === 0) return 0;
  const expiredUntil = secondsAfter(clock.now(), -policy.anonymousUserDays * DAY_SECONDS);
  const until = +secondsAfter(expiredUntil, policy.expiryNoticeDays * DAY_SECONDS);
  let noticed = 0;
  // A user of exactly that age has expired, and gets no notice.
  for (let after: Place | null = { createdAt: +expiredUntil + 1, id: "" }; after && !signal.aborted; ) {
    const from: Place = after;
    const batch = await writes.transaction(async (manager) => {
      const rows = await listBatch(manager, from, until);
      const events = rows
        .filter((row) => !row.is_noticed)
        .map((row) => {
          const user = Object.assign(new User(), {
            id: row.id,
            isAnonymous: true,
            createdAt: new Date(Number(row.created_at)),
          });
          return userExpiring(user, secondsAfter(user.createdAt, policy.anonymousUserDays * DAY_SECONDS));
        });
      await recordEvents(manager, services, context, ...events);
      return { last: rows.at(-1), size: rows.length, noticed: events.length };
    });
    noticed += batch.noticed;
    after =
      batch.last && batch.size === BATCH
        ? { createdAt: Number(batch.last.created_at), id: batch.last.id }
        : null;
    await nextTurn();
  }
  return noticed;
}

interface Place {
  readonly createdAt: number;
  readonly id: string;
}

interface Row {
  readonly id: string;
  readonly created_at: number | string;
  readonly is_noticed: number | boolean;
}

/** Rows that another transaction has locked, such as of a user who is being linked, get their turn in the next run. */
const listBatch = (manager: EntityManager, after: Place, until: number): Promise<Row[]> =>
  select<Row>(
    manager,
    `SELECT u.id, u.created_at,
       EXISTS (SELECT 1 FROM events e WHERE e.user_id = u.id AND e.type = 'user.expiring') AS is_noticed
     FROM users u
     WHERE u.is_anonymous AND u.created_at <= ? AND (u.created_at > ? OR (u.created_at = ? AND u.id > ?))
     ORDER BY u.created_at, u.id LIMIT ${BATCH} ${skipLocked(manager)}`,
    [until, after.createdAt, after.createdAt, after.id],
  );
