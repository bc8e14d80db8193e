/** The mail part as a whole: an outbox that rules write to, and the delivery that empties it. */
import type { Logger } from "pino";
import type { EntityManager } from "typeorm";
import type { Clock } from "../clock.ts";
import type { Writes } from "../database/writes.ts";
import type { Encryption } from "../encryption.ts";
import { createDelivery, type Delivery } from "./delivery.ts";
import type { Outbox } from "./mail.ts";
import { createOutbox } from "./outbox.ts";
import type { Render } from "./templates.ts";
import { createLogTransport, createSmtpTransport, type Sender } from "./transport.ts";

export interface MailOptions {
  /** Where mails go; null where no mail goes out. */
  readonly to: { readonly smtpUrl: string } | "log" | null;
  readonly from: Sender;
}

export function openEmail({
  options,
  ...services
}: {
  options: MailOptions;
  reads: EntityManager;
  writes: Writes;
  clock: Clock;
  encryption: Encryption;
  log: Logger;
  render: Render;
}): { outbox: Outbox; delivery: Delivery } {
  const { to, from } = options;
  if (to === null)
    return { outbox: createOutbox({ ...services, isOpen: false, prompt: () => {} }), delivery: none };
  const transport = to === "log" ? createLogTransport(services.log) : createSmtpTransport(to.smtpUrl, from);
  const delivery = createDelivery({ ...services, transport, from });
  return { outbox: createOutbox({ ...services, isOpen: true, prompt: delivery.prompt }), delivery };
}

/** What waits from better days goes on waiting. */
const none: Delivery = { run: async () => {}, prompt: () => {}, close: async () => {} };
