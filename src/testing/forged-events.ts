/** Deliveries that a handler must reject with 401, without handling them. Each name says what is wrong. */
import { randomBytes } from "node:crypto";
import { retriedEvent, type SignedEvent, type SigningOptions, signedEvent } from "./signed-events.ts";

export interface ForgedEvent {
  readonly name: string;
  readonly event: SignedEvent;
}

const SIX_MINUTES_MS = 360_000;

/**
 * @param event the genuine event that an attacker saw. Default: a deletion. It must not have been delivered before
 * @param options.secrets those that made it
 */
export function forgedEvents(
  event: SignedEvent = signedEvent("user.deleted"),
  options: Pick<SigningOptions, "secrets"> = {},
): ForgedEvent[] {
  const { headers, body } = event;
  const signature = headers["webhook-signature"];
  const withHeaders = (change: Partial<SignedEvent["headers"]>): SignedEvent => ({
    ...event,
    headers: { ...headers, ...change },
  });
  const signed = (value: string): SignedEvent => withHeaders({ "webhook-signature": value });
  const [otherSecret, emptySecret] = [`whsec_${randomBytes(32).toString("base64")}`, "whsec_"];
  const sentAt = (offset: number): SignedEvent =>
    retriedEvent(event, { ...options, sentAt: new Date(Date.now() + offset) });
  const forged: Record<string, SignedEvent> = {
    "signed with another secret": retriedEvent(event, { secrets: [otherSecret] }),
    "signed with an empty secret": retriedEvent(event, { secrets: [emptySecret] }),
    "with another user in its body": { ...event, body: body.replace(/"id":"[^"]*"/, '"id":"victim"') },
    "with a space after its body": { ...event, body: `${body} ` },
    "without a body": { ...event, body: "" },
    "with another webhook-id, to be handled again": withHeaders({
      "webhook-id": `${headers["webhook-id"]}x`,
    }),
    "with another webhook-timestamp": withHeaders({
      "webhook-timestamp": String(Number(headers["webhook-timestamp"]) + 1),
    }),
    "with a webhook-timestamp that is not a number": withHeaders({ "webhook-timestamp": "now" }),
    "replayed after six minutes": sentAt(-SIX_MINUTES_MS),
    "sent six minutes in the future": sentAt(SIX_MINUTES_MS),
    "without a signature": signed(""),
    "with a signature of garbage": signed("garbage"),
    "with a signature of zeros": signed(`v1,${Buffer.alloc(32).toString("base64")}`),
    "with a signature that is cut": signed(signature.slice(0, -4)),
    "with an empty signature": signed("v1,"),
    "with its signature as another version": signed(signature.replaceAll("v1,", "v2,")),
    "with its signature without a version": signed(signature.replaceAll("v1,", "")),
  };
  return Object.entries(forged).map(([name, each]) => ({ name, event: each }));
}
