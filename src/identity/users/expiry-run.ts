/** Runs expiry and its notices in one process at a time, whether started by the schedule, the command line or the admin graph. */

import { randomUUID } from "node:crypto";
import { acquireLease, releaseLease } from "../../database/lease.ts";
import { PasserbyError } from "../../errors.ts";
import { usersExpired } from "../../events/domain-events.ts";
import { recordEvents } from "../../events/record-events.ts";
import type { RequestContext } from "../../request-context.ts";
import { type ExpiryReport, type ExpiryServices, expireAnonymousUsers } from "./expiry.ts";
import { noticeExpiringUsers } from "./expiry-notices.ts";

const LEASE = "expire-anonymous-users";
const LEASE_SECONDS = 60;

/** @throws PasserbyError SERVICE_UNAVAILABLE while another process runs it */
export async function runExpiry(
  services: ExpiryServices,
  context: RequestContext,
  options: { dryRun: boolean; onProgress?: (done: number, total: number) => void },
): Promise<ExpiryReport> {
  if (options.dryRun) return expireAnonymousUsers(services, context, options);
  const owner = randomUUID();
  const lease = { name: LEASE, owner, seconds: LEASE_SECONDS };
  if (!(await acquireLease(services, lease))) {
    throw new PasserbyError("SERVICE_UNAVAILABLE", {
      message: "Another gateway is expiring users right now. Try again in a minute.",
    });
  }
  const lost = new AbortController();
  const renewal = setInterval(
    () => {
      acquireLease(services, lease).then(
        (isRenewed) => isRenewed || lost.abort(),
        () => lost.abort(),
      );
    },
    (LEASE_SECONDS * 1_000) / 3,
  );
  try {
    await noticeExpiringUsers(services, context, { signal: lost.signal });
    const report = await expireAnonymousUsers(services, context, { ...options, signal: lost.signal });
    if (report.users > 0) await recordRun(services, context, report);
    return report;
  } finally {
    clearInterval(renewal);
    await releaseLease(services, lease);
  }
}

/** One audit event for the run: one for each guest would fill the table. */
const recordRun = (
  services: ExpiryServices,
  context: RequestContext,
  { users, createdUntil }: ExpiryReport,
): Promise<void> =>
  services.writes.transaction((manager) =>
    recordEvents(manager, services, context, usersExpired(users, createdUntil)),
  );
