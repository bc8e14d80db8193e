/** Rows whose time is over, and which nobody asks about any more. */
import { DAY_SECONDS, secondsAfter } from "../clock.ts";
import { execute } from "../database/sql.ts";
import { MAIL_DAYS } from "../mail/delivery.ts";
import { REMOVED_SESSION_DAYS } from "./removed-sessions.ts";
import type { SessionServices } from "./sessions.ts";

/** What is good for minutes, and for how many days it is remembered once its time is over. */
const shortLived = {
  merge_tickets: 0,
  anonymous_login_keys: 0,
  oauth_flows: 0,
  operator_sessions: 0,
  // The mail may still be waiting for the mail server; its token's time begins again with it.
  mail_tokens: MAIL_DAYS + 1,
};

/** Removes tickets, keys, states, mail links and sessions of operators that expired. @returns how many */
export async function purgeExpired({
  writes,
  clock,
}: Pick<SessionServices, "writes" | "clock">): Promise<number> {
  let purged = 0;
  for (const [table, days] of Object.entries(shortLived)) {
    const before = secondsAfter(clock.now(), -days * DAY_SECONDS);
    purged += await writes.transaction((manager) =>
      execute(manager, `DELETE FROM ${table} WHERE expires_at <= ?`, [+before]),
    );
  }
  return purged;
}

const ENDED_SESSION_DAYS = 7;
const PURGE_BATCH = 500;

const over = [
  { table: "sessions", column: "ended_at", days: ENDED_SESSION_DAYS },
  { table: "sessions", column: "expires_at", days: ENDED_SESSION_DAYS },
  { table: "removed_sessions", column: "ended_at", days: REMOVED_SESSION_DAYS },
];

/** Removes sessions that ended or expired a week ago, and what is kept of removed ones. @returns how many */
export async function purgeSessions({
  writes,
  clock,
}: Pick<SessionServices, "writes" | "clock">): Promise<number> {
  let purged = 0;
  for (const { table, column, days } of over) {
    const before = +secondsAfter(clock.now(), -days * DAY_SECONDS);
    for (;;) {
      const count = await writes.transaction((manager) =>
        execute(
          manager,
          `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE ${column} <= ? LIMIT ${PURGE_BATCH})`,
          [before],
        ),
      );
      purged += count;
      if (count < PURGE_BATCH) break;
    }
  }
  return purged;
}
