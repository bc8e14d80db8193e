/** Periodic jobs of a running gateway. */
import type { Logger } from "pino";
import type { EntityManager } from "typeorm";
import { purgeAuditEvents } from "../audit/purge-events.ts";
import type { Clock } from "../clock.ts";
import type { DatabaseAccess } from "../database/database.ts";
import type { Writes } from "../database/writes.ts";
import type { Deployments } from "../deployments/deployments.ts";
import { PasserbyError } from "../errors.ts";
import { purgeEvents } from "../events/purge-events.ts";
import type { EventServices } from "../events/record-events.ts";
import type { GuestProofs } from "../identity/login/guest-proofs.ts";
import type { IdentityPolicy } from "../identity/policy.ts";
import { maintainSigningKeys } from "../identity/tokens/key-rotation.ts";
import type { SigningKeys } from "../identity/tokens/signing-keys.ts";
import { runExpiry } from "../identity/users/expiry-run.ts";
import { purgeExpired, purgeSessions } from "../identity/users/purge.ts";
import type { Delivery } from "../mail/delivery.ts";
import { systemContext } from "../request-context.ts";
import { readUsualGuests } from "../statistics/usual-guests.ts";
import { purgeReceipts } from "../webhooks/receipts.ts";

/** A deployment is live on every gateway within a second, so each checks for new versions about twice per second. */
const FOLLOW_MS = 400;
/** Delivery is triggered when an email is written; this finds emails of other gateways and retries. */
const EMAILS_MS = 1_000;
const HOUSEKEEPING_MS = 15 * 60_000;
/** It changes once a day. */
const USUAL_GUESTS_MS = 60 * 60_000;
/** Read at every tenth turn: keys change rarely, and the next one is published ten minutes ahead. */
const KEYS_EVERY = 10;
const MAINTAIN_KEYS_MS = 60_000;

export interface Schedule {
  /** Starts no more jobs, and waits for running ones. */
  stop(): Promise<void>;
}

export function startSchedule({
  log,
  deployments,
  signingKeys,
  guestProofs,
  delivery,
  housekeeping,
  long,
  auditDays,
  eventDays,
  signingKeyRotationDays,
  ...services
}: {
  log: Logger;
  deployments: Pick<Deployments, "reload">;
  signingKeys: SigningKeys;
  guestProofs: GuestProofs;
  delivery: Delivery;
  housekeeping: boolean;
  /** Database access for jobs that may take minutes. */
  long: DatabaseAccess;
  auditDays: number;
  eventDays: number;
  signingKeyRotationDays: number | null;
  reads: EntityManager;
  writes: Writes;
  clock: Clock;
  policy: IdentityPolicy;
} & EventServices): Schedule {
  let turn = 0;
  const jobs = [
    repeat(FOLLOW_MS, log, "follow deployments", async () => {
      await deployments.reload();
      if (turn++ % KEYS_EVERY === 0) await signingKeys.reload();
    }),
    repeat(EMAILS_MS, log, "deliver emails", delivery.run),
    repeat(USUAL_GUESTS_MS, log, "count usual guests", async () =>
      guestProofs.pace.setUsual(await readUsualGuests({ ...services, reads: long.reads })),
    ),
  ];
  if (housekeeping) {
    jobs.push(
      repeat(MAINTAIN_KEYS_MS, log, "maintain signing keys", async () => {
        const { published } = await maintainSigningKeys(signingKeys, signingKeyRotationDays);
        if (published)
          log.info({ kid: published.kid, signsFrom: published.signsFrom }, "new signing key published");
      }),
      repeat(HOUSEKEEPING_MS, log, "housekeeping", async () => {
        const patient = { ...services, ...long };
        const report = await runExpiry(patient, systemContext, { dryRun: false });
        const sessions = await purgeSessions(patient);
        await purgeExpired(patient);
        await purgeAuditEvents(patient, auditDays);
        await purgeReceipts(patient, auditDays);
        await purgeEvents(patient, eventDays);
        if (report.users + sessions > 0)
          log.info({ expiredUsers: report.users, purgedSessions: sessions }, "housekeeping");
      }),
    );
  }
  return { stop: async () => void (await Promise.all(jobs.map((job) => job.stop()))) };
}

/** Runs a job repeatedly, never concurrently with itself; logs the first failure of a series only. */
function repeat(everyMs: number, log: Logger, name: string, work: () => Promise<void>): Schedule {
  let stopped = false;
  let failing = false;
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout;
  const run = async (): Promise<void> => {
    try {
      await work();
      if (failing) log.info({ job: name }, "job succeeds again");
      failing = false;
    } catch (error) {
      const isBusyElsewhere =
        error instanceof PasserbyError && error.code === "SERVICE_UNAVAILABLE" && !error.cause;
      if (!failing && !isBusyElsewhere) log.error({ job: name, err: error }, "job failed, will be retried");
      failing = true;
    }
    if (!stopped) timer = setTimeout(start, everyMs);
  };
  const start = (): void => {
    running = run();
  };
  timer = setTimeout(start, Math.min(everyMs, 5_000));
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
