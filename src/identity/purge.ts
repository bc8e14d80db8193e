/** Rows whose time is over, and which nobody asks about any more. */
import { DAY_SECONDS, secondsAfter } from "../clock.ts";
import { execute } from "../database/sql.ts";
import { MAIL_DAYS } from "../mail/delivery.ts";
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

/** Removes sessions that ended or expired a week ago. @returns how many */
export async function purgeSessions({
  writes,
  clock,
}: Pick<SessionServices, "writes" | "clock">): Promise<number> {
  const before = +secondsAfter(clock.now(), -ENDED_SESSION_DAYS * DAY_SECONDS);
  let purged = 0;
  for (const column of ["ended_at", "expires_at"]) {
    for (;;) {
      const count = await writes.transaction((manager) =>
        execute(
          manager,
          `DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE ${column} <= ? LIMIT ${PURGE_BATCH})`,
          [before],
        ),
      );
      purged += count;
      if (count < PURGE_BATCH) break;
    }
  }
  return purged;
}
