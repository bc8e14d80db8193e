/** Rows whose time is over, and which nobody asks about any more. */
import { DAY_SECONDS, secondsAfter } from "../clock.ts";
import { execute } from "../database/sql.ts";
import type { SessionServices } from "./sessions.ts";

/** What is good for minutes, and forgotten once its time is over. */
const shortLived = ["merge_tickets", "anonymous_login_keys", "oauth_flows", "mail_tokens"];

/** Removes tickets, keys, states and mail links that expired. @returns how many */
export async function purgeExpired({
  writes,
  clock,
}: Pick<SessionServices, "writes" | "clock">): Promise<number> {
  let purged = 0;
  for (const table of shortLived) {
    purged += await writes.transaction((manager) =>
      execute(manager, `DELETE FROM ${table} WHERE expires_at <= ?`, [+clock.now()]),
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
