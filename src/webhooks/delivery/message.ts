/** An event as endpoints receive it, by Standard Webhooks. */
import type { Event } from "../../entities/event.ts";

export type Message = Pick<Event, "id" | "type" | "at" | "data">;

/** The type of what `testWebhookEndpoint` sends. */
export const TEST_TYPE = "webhook.test";

/** The same at every attempt. */
export const bodyOf = ({ type, at, data }: Omit<Message, "id">): string =>
  JSON.stringify({ type, timestamp: at.toISOString(), data });
