/** Runs expiry in one process at a time, whether started by the schedule, the command line or the admin graph. */

import { randomUUID } from "node:crypto";
import type { EntityManager } from "typeorm";
import { audited } from "../../audit/audited.ts";
import { auditRules } from "../../audit/rules.ts";
import type { Clock } from "../../clock.ts";
import { acquireLease, releaseLease } from "../../database/lease.ts";
import type { Writes } from "../../database/writes.ts";
import { PasserbyError } from "../../errors.ts";
import type { IdentityPolicy } from "../policy.ts";
import { type ExpiryReport, expireAnonymousUsers } from "./expiry.ts";

const LEASE = "expire-anonymous-users";
const LEASE_SECONDS = 60;

/** @throws PasserbyError SERVICE_UNAVAILABLE while another process runs it */
export const runExpiry = audited(
  auditRules.expire,
  async (
    services: {
      reads: EntityManager;
      writes: Writes;
      clock: Clock;
      policy: Pick<IdentityPolicy, "anonymousUserDays">;
    },
    options: { dryRun: boolean; onProgress?: (done: number, total: number) => void },
  ): Promise<ExpiryReport> => {
    if (options.dryRun) return expireAnonymousUsers(services, options);
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
      return await expireAnonymousUsers(services, { ...options, signal: lost.signal });
    } finally {
      clearInterval(renewal);
      await releaseLease(services, lease);
    }
  },
);
