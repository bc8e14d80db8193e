/** Everything that the gateway holds about a user, for the user: data portability, GDPR articles 15 and 20. */
import { type EntityManager, In } from "typeorm";
import { listAuditEvents } from "../../audit/list-events.ts";
import type { Clock } from "../../clock.ts";
import { ApiKey } from "../../entities/api-key.ts";
import { Event } from "../../entities/event.ts";
import { Identity } from "../../entities/identity.ts";
import { Passkey } from "../../entities/passkey.ts";
import { PurgeReceipt } from "../../entities/purge-receipt.ts";
import { Session } from "../../entities/session.ts";
import { PasserbyError } from "../../errors.ts";
import { findTypedEmails, findUser, listFormerIds } from "./users.ts";

/** Of each list; the newest are exported. Sessions and audit events are deleted with age, so few users have more. */
const MAX_ROWS = 500;

/**
 * Rows of the user as plain JSON: columns by the names of the API, times in ISO 8601, no secret and no hash. The lists named
 * in `truncated` hold the newest 500 rows.
 * @throws PasserbyError USER_NOT_FOUND
 */
export async function exportUser(
  { reads, clock }: { reads: EntityManager; clock: Clock },
  userId: string,
): Promise<Record<string, unknown>> {
  const user = await findUser(reads, userId);
  if (!user) throw new PasserbyError("USER_NOT_FOUND");
  const former = await listFormerIds(reads, [user.id], MAX_ROWS);
  const ids = [user.id, ...former.map(({ id }) => id)];
  const identities = await reads.find(Identity, {
    where: { userId: user.id },
    order: { createdAt: "ASC", id: "ASC" },
  });
  const typedEmails = await findTypedEmails(reads, identities);
  const newest = { order: { id: "DESC" }, take: MAX_ROWS } as const;
  const apiKeys = await reads.find(ApiKey, {
    where: { identityId: In(identities.map(({ id }) => id)) },
    ...newest,
  });
  const passkeys = await reads.findBy(Passkey, { identity: { userId: user.id } });
  const sessions = await reads.find(Session, { where: { userId: user.id }, ...newest });
  const events = await reads.find(Event, { where: { userId: In(ids) }, ...newest });
  const receipts = await reads.find(PurgeReceipt, { where: { userId: In(ids) }, ...newest });
  const auditEvents = await listAuditEvents(reads, {
    query: { userId: user.id },
    after: null,
    limit: MAX_ROWS,
  });
  const lists = {
    formerIds: former.map(({ id, mergedAt }) => ({ id, mergedAt })),
    identities: identities.map(({ subject, userId: _, ...identity }) => ({
      ...identity,
      subject,
      typedEmail: typedEmails.get(identity.id) ?? identity.email,
    })),
    apiKeys: apiKeys.map(({ id, name, prefix, createdAt, disabledAt }) => ({
      id,
      name,
      prefix,
      createdAt,
      disabledAt,
    })),
    passkeys: passkeys.map(({ publicKey: _, ...passkey }) => passkey),
    sessions: sessions.map(({ refreshGeneration: _, userId: __, ...session }) => session),
    auditEvents: auditEvents.map(({ userId: _, ...event }) => event),
    events: events.map(({ id, type, at, data }) => ({ id, type, at, data })),
    purgeReceipts: receipts.map(({ eventType, endpointDescription, requestedAt, receivedAt }) => ({
      eventType,
      endpointDescription,
      requestedAt,
      receivedAt,
    })),
  };
  const truncated = Object.entries(lists).filter(([, rows]) => rows.length >= MAX_ROWS);
  const data = { exportedAt: clock.now(), user, ...lists, truncated: truncated.map(([name]) => name) };
  return JSON.parse(JSON.stringify(data)) as Record<string, unknown>;
}
