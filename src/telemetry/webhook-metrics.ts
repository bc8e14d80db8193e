/** Metrics of webhooks: read from the database when they are scraped. All gateways of a database report the same backlog. */
import type { Logger } from "pino";
import { Counter, Gauge, type Registry } from "prom-client";
import type { EntityManager } from "typeorm";
import { createCache } from "../cache.ts";
import type { Clock } from "../clock.ts";
import { readBacklog } from "../webhooks/backlog.ts";
import { countOwedReceipts } from "../webhooks/receipts.ts";
import type { Webhooks } from "../webhooks/webhooks.ts";

/** Counting a long backlog is expensive. */
const FRESH_SECONDS = 10;

export function observeWebhooks(
  registry: Registry,
  services: { reads: EntityManager; clock: Clock; log: Logger; webhooks: Webhooks },
): void {
  const { clock, log, webhooks } = services;
  const figures = createCache(
    async () => ({
      ...(await readBacklog(services)),
      overdueReceipts: (await countOwedReceipts(services)).overdue,
    }),
    { freshSeconds: FRESH_SECONDS, failedSeconds: FRESH_SECONDS },
  );
  type Figures = Awaited<ReturnType<typeof figures.get>>;
  const gauge = (name: string, help: string, read: (figures: Figures) => number): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        try {
          this.set(read(await figures.get(clock.now())));
        } catch (error) {
          // Without a database there are still the other metrics.
          this.reset();
          log.debug({ err: error, metric: name }, "metric could not be read");
        }
      },
    });
  };
  gauge(
    "passerby_webhook_deliveries_pending",
    "Webhook deliveries that wait for an attempt: the backlog of all endpoints. At most 100000.",
    ({ pending }) => pending,
  );
  gauge(
    "passerby_webhook_deliveries_parked",
    "Webhook deliveries that were given up after three days of attempts. At most 100000.",
    ({ parked }) => parked,
  );
  gauge(
    "passerby_webhook_oldest_pending_seconds",
    "Age of the oldest pending webhook delivery; 0 if none is pending.",
    ({ oldestSeconds }) => oldestSeconds,
  );
  gauge(
    "passerby_purge_receipts_overdue",
    "Purge receipts that endpoints have owed for more than seven days, at most 100000.",
    ({ overdueReceipts }) => overdueReceipts,
  );
  new Counter({
    name: "passerby_webhook_attempts_total",
    help: "Webhook requests of this gateway, by endpoint id and outcome: delivered or failed.",
    labelNames: ["endpoint", "outcome"],
    registers: [registry],
    collect() {
      this.reset();
      for (const [endpoint, counts] of webhooks.attempts) {
        this.inc({ endpoint, outcome: "delivered" }, counts.delivered);
        this.inc({ endpoint, outcome: "failed" }, counts.failed);
      }
    },
  });
}
