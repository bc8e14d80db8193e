/** Rows whose time is over, and which nobody asks about any more. */
import { DAY_SECONDS, secondsAfter } from "../../clock.ts";
import { execute } from "../../database/sql.ts";
import { PENDING_DAYS } from "../../entities/pending-registration.ts";
import { MAIL_DAYS } from "../../mail/delivery.ts";
import { REMOVED_SESSION_DAYS } from "../sessions/session-tombstones.ts";
import type { SessionServices } from "../sessions/sessions.ts";

/** What is good for minutes, and for how many days it is remembered once its time is over. */
const shortLived = {
  merge_tickets: 0,
  anonymous_login_keys: 0,
  oauth_flows: 0,
  operator_sessions: 0,
  // The mail may still be waiting for the mail server; its token's time begins again with it.
  email_tokens: MAIL_DAYS + 1,
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
  return purged + (await purgePending({ writes, clock }));
}

/** Emails that were never confirmed, with the identities of links that waited: otherwise squatted rows would stay. */
async function purgePending({ writes, clock }: Pick<SessionServices, "writes" | "clock">): Promise<number> {
  const now = +clock.now();
  const expired = "pending_registrations WHERE expires_at <= ?";
  const unused = +secondsAfter(clock.now(), -PENDING_DAYS * DAY_SECONDS);
  return writes.transaction(async (manager) => {
    const links = await execute(
      manager,
      `DELETE FROM identities WHERE id IN (SELECT identity_id FROM ${expired})`,
      [now],
    );
    const registrations = await execute(manager, `DELETE FROM ${expired}`, [now]);
    // One that is asked for at this moment has just become younger.
    await execute(
      manager,
      `DELETE FROM password_credentials WHERE is_pending AND created_at <= ? AND NOT EXISTS
         (SELECT 1 FROM pending_registrations r WHERE r.credential_id = password_credentials.id)`,
      [unused],
    );
    return links + registrations;
  });
}

const ENDED_SESSION_DAYS = 7;
const PURGE_BATCH = 500;

const over = [
  { table: "sessions", column: "ended_at", days: ENDED_SESSION_DAYS },
  { table: "sessions", column: "expires_at", days: ENDED_SESSION_DAYS },
  { table: "session_tombstones", column: "ended_at", days: REMOVED_SESSION_DAYS },
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
