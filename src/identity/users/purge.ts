/** Purges expired rows. */
import { DAY_SECONDS, secondsAfter } from "../../clock.ts";
import { execute, select } from "../../database/sql.ts";
import { PENDING_DAYS } from "../../entities/pending-registration.ts";
import type { EventServices } from "../../events/record-events.ts";
import { MAIL_DAYS } from "../../mail/delivery.ts";
import { systemContext } from "../../request-context.ts";
import { deleteIdentities, TOMBSTONE_DAYS } from "../revocation/deletions.ts";
import type { SessionServices } from "../sessions/sessions.ts";

type PurgeServices = Pick<SessionServices, "writes"> & EventServices;

/** Tables of short-lived rows, and for how many days rows stay after they expired. */
const shortLived = {
  merge_tickets: 0,
  anonymous_login_keys: 0,
  login_flows: 0,
  used_proofs: 0,
  operator_sessions: 0,
  // The email may still be in the outbox; sending it restarts the token's lifetime.
  email_tokens: MAIL_DAYS + 1,
};

/** Deletes expired merge tickets, idempotency keys, login flows, used proofs, email tokens and operator sessions. @returns how many */
export async function purgeExpired(services: PurgeServices): Promise<number> {
  const { writes, clock } = services;
  let purged = 0;
  for (const [table, days] of Object.entries(shortLived)) {
    const before = secondsAfter(clock.now(), -days * DAY_SECONDS);
    purged += await writes.transaction((manager) =>
      execute(manager, `DELETE FROM ${table} WHERE expires_at <= ?`, [+before]),
    );
  }
  return purged + (await purgePending(services));
}

/** Deletes unconfirmed emails with the identities of their links, so that squatted emails become free. */
async function purgePending(services: PurgeServices): Promise<number> {
  const { writes, clock } = services;
  const now = +clock.now();
  const expired = "pending_registrations WHERE expires_at <= ?";
  const unused = +secondsAfter(clock.now(), -PENDING_DAYS * DAY_SECONDS);
  return writes.transaction(async (manager) => {
    const pending = await select<{ identity_id: string }>(
      manager,
      `SELECT identity_id FROM ${expired} AND identity_id IS NOT NULL ORDER BY identity_id`,
      [now],
    );
    const ids = pending.map(({ identity_id }) => identity_id);
    const links = await deleteIdentities(manager, services, systemContext, ids);
    const registrations = await execute(manager, `DELETE FROM ${expired}`, [now]);
    // One that was just requested again has a pending registration.
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

const purgedSessions = [
  { table: "sessions", column: "ended_at", days: ENDED_SESSION_DAYS },
  { table: "sessions", column: "expires_at", days: ENDED_SESSION_DAYS },
  { table: "session_tombstones", column: "ended_at", days: TOMBSTONE_DAYS },
];

/** Deletes sessions that ended or expired a week ago, and old session tombstones. @returns how many */
export async function purgeSessions({
  writes,
  clock,
}: Pick<SessionServices, "writes" | "clock">): Promise<number> {
  let purged = 0;
  for (const { table, column, days } of purgedSessions) {
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
