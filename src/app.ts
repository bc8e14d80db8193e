/** The composition root of the server: the core, HTTP and the jobs. */
import { setTimeout } from "node:timers/promises";
import type { Logger } from "pino";
import type { Clock } from "./clock.ts";
import { type Core, openCore } from "./core.ts";
import { createHttpServer, type HttpServer } from "./http/server.ts";
import { startSchedule } from "./jobs/schedule.ts";
import type { Services } from "./services.ts";
import type { Settings } from "./settings/settings.ts";

export interface App extends Core {
  readonly http: HttpServer;
  /**
   * Stops gracefully: `/readyz` returns 503, new requests are rejected, open ones are answered, then everything is closed.
   * @param options.drainSeconds how long new requests are still answered, so that load balancers can stop sending them; default 0
   */
  stop(options?: { drainSeconds?: number }): Promise<void>;
}

/** A whole gateway, not listening yet. */
export async function createApp(options: {
  settings: Settings;
  log: Logger;
  clock?: Clock;
  /** false in tests that decide themselves when users expire. Default: true. */
  housekeeping?: boolean;
}): Promise<App> {
  const core = await openCore(options);
  const { services, database, delivery, dispatcher } = core;
  warnOfMissingEmails(services);
  const http = await createHttpServer({ settings: options.settings, services, database, log: options.log });
  const schedule = startSchedule({
    ...services,
    delivery,
    housekeeping: options.housekeeping ?? true,
    long: database.long,
    auditDays: options.settings.auditDays,
    eventDays: options.settings.eventDays,
    signingKeyRotationDays: options.settings.signingKeyRotationDays,
  });
  dispatcher.start();
  return {
    ...core,
    http,
    async stop({ drainSeconds = 0 } = {}) {
      http.startDraining();
      await setTimeout(drainSeconds * 1_000);
      await http.close();
      const { audit, guestProofs } = services;
      await Promise.all([
        ...[schedule.stop(), dispatcher.stop(), delivery.close()],
        ...[audit.flush(), guestProofs.counts.flush()],
      ]);
      await core.close();
    },
  };
}

/** Such a configuration cannot be deployed, but SMTP_URL may have been removed since. Confirmed users can still log in. */
function warnOfMissingEmails({ providers, outbox, log }: Services): void {
  if (outbox.isEnabled) return;
  for (const { name, passwords } of providers.enabledProviders()) {
    if (!passwords?.needsConfirmation(providers.requireEnabled(name).settings)) continue;
    log.warn(
      { provider: name },
      "registrations need a confirmation email, and emails are not sent: set SMTP_URL and MAIL_FROM",
    );
  }
}
