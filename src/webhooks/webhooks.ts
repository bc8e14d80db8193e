/** What the rules of this folder share, set up once. */
import type { Logger } from "pino";
import type { EntityManager } from "typeorm";
import type { Clock } from "../clock.ts";
import type { Writes } from "../database/writes.ts";
import type { Encryption } from "../encryption.ts";
import type { SequencedEventLog } from "../events/event-log.ts";
import type { PrivateAddresses } from "../network/outgoing-request.ts";
import type { RequestLoad } from "../request-load.ts";
import { createDispatcher, type Dispatcher } from "./delivery/dispatcher.ts";
import { createPace } from "./delivery/pace.ts";
import { createSender, type Sender } from "./delivery/sender.ts";
import { createWebhookSecrets, type WebhookSecrets } from "./secrets.ts";

export interface Webhooks {
  readonly secrets: WebhookSecrets;
  readonly sender: Sender;
  /** Whether endpoints may have private addresses. */
  readonly privateAddresses: PrivateAddresses;
  /** Attempts of this gateway since it was started. */
  readonly attempts: AttemptCounts;
}

/** By endpoint id. */
export type AttemptCounts = Map<string, { delivered: number; failed: number }>;

export function openWebhooks({
  encryption,
  privateAddresses,
  ...services
}: {
  reads: EntityManager;
  writes: Writes;
  clock: Clock;
  log: Logger;
  eventLog: SequencedEventLog;
  encryption: Encryption;
  privateAddresses: PrivateAddresses;
  load: Pick<RequestLoad, "isHigh" | "requests">;
}): { webhooks: Webhooks; dispatcher: Dispatcher } {
  const secrets = createWebhookSecrets(encryption);
  const sender = createSender({ ...services, secrets, privateAddresses });
  const attempts: AttemptCounts = new Map();
  const countAttempt = (endpointId: string, outcome: "delivered" | "failed"): void => {
    const counts = attempts.get(endpointId) ?? { delivered: 0, failed: 0 };
    counts[outcome] += 1;
    attempts.set(endpointId, counts);
  };
  return {
    webhooks: { secrets, sender, privateAddresses, attempts },
    dispatcher: createDispatcher({ ...services, sender, pace: createPace(services), countAttempt }),
  };
}
