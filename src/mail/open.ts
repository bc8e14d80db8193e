/** Sets up emails: the outbox that rules write to, and the delivery that sends what is in it. */
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
  /** The mail server, or the log; null where the gateway cannot send emails. */
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
    return { outbox: createOutbox({ ...services, isEnabled: false, prompt: () => {} }), delivery: none };
  const transport = to === "log" ? createLogTransport(services.log) : createSmtpTransport(to.smtpUrl, from);
  const delivery = createDelivery({ ...services, transport, from });
  return { outbox: createOutbox({ ...services, isEnabled: true, prompt: delivery.prompt }), delivery };
}

/** Emails already in the outbox stay there until a mail server is configured. */
const none: Delivery = { run: async () => {}, prompt: () => {}, close: async () => {} };
