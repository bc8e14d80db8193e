/** Everything that happens to one user, in the order in which it is delivered, and the orders that a handler must survive. */
import { randomUUID } from "node:crypto";
import { type SignedEvent, type SigningOptions, signedEvent } from "./signed-events.ts";

/**
 * A guest is merged into a permanent user, who is deleted later. The last event names both ids.
 * @param ids.guest, ids.survivor the ids of the users. Default: new ones
 */
export function userHistory(
  ids: { readonly guest?: string; readonly survivor?: string } = {},
  options: Pick<SigningOptions, "secrets"> = {},
): SignedEvent[] {
  const { guest = randomUUID(), survivor = randomUUID() } = ids;
  const user = { id: survivor };
  return [
    signedEvent("user.created", { user: { id: guest } }, options),
    signedEvent("user.merged", { user, formerId: guest }, options),
    signedEvent("user.updated", { user }, options),
    signedEvent("session.ended", { user }, options),
    signedEvent("user.deleted", { user: { id: survivor, ids: [survivor, guest] } }, options),
  ];
}

/**
 * Events of a user are delivered in order, except that later ones overtake one that was parked, which arrives when an
 * operator delivers it again. These are all such orders: in each of them another event comes last.
 */
export const reorderedEvents = (events: readonly SignedEvent[]): SignedEvent[][] =>
  events.slice(0, -1).map((late) => [...events.filter((event) => event !== late), late]);
