/** Deliveries as operators see and repeat them. */
import type { EntityManager } from "typeorm";
import { type Clock, DAY_SECONDS, secondsAfter } from "../clock.ts";
import { insertRows } from "../database/insert-rows.ts";
import { execute } from "../database/sql.ts";
import type { Writes } from "../database/writes.ts";
import { Event } from "../entities/event.ts";
import { type DeliveryState, WebhookDelivery } from "../entities/webhook-delivery.ts";
import type { WebhookEndpoint } from "../entities/webhook-endpoint.ts";
import { PasserbyError } from "../errors.ts";
import { DELIVERY_DAYS, type SequencedEventLog } from "../events/event-log.ts";
import { createOrderedId } from "../ids.ts";
import { makeAllDue } from "./delivery/due-deliveries.ts";
import { TEST_TYPE } from "./delivery/message.ts";
import { storeHealth } from "./delivery/results.ts";
import type { Attempt } from "./delivery/sender.ts";
import { getEndpoint } from "./endpoints.ts";
import type { Webhooks } from "./webhooks.ts";

interface DeliveryServices {
  readonly reads: EntityManager;
  readonly writes: Writes;
  readonly clock: Clock;
  readonly eventLog: SequencedEventLog;
  readonly webhooks: Webhooks;
}

/** With its event and its endpoint. */
export type LoadedDelivery = WebhookDelivery & Required<Pick<WebhookDelivery, "event" | "endpoint">>;

export interface DeliveryQuery {
  readonly endpointId: string | null;
  readonly state: DeliveryState | null;
  /** The user of the event, or the guest of a merge. */
  readonly userId: string | null;
  readonly newestFirst: boolean;
  /** The id that the page begins after; "" for the first page. */
  readonly after: string;
  readonly limit: number;
}

const select = (reads: EntityManager) =>
  reads
    .createQueryBuilder(WebhookDelivery, "delivery")
    .innerJoinAndSelect("delivery.event", "event")
    .innerJoinAndSelect("delivery.endpoint", "endpoint");

const EVENTS_OF_USER = "SELECT id FROM events WHERE user_id = :userId OR former_user_id = :userId";

export async function listDeliveries(
  reads: EntityManager,
  { endpointId, state, userId, newestFirst, after, limit }: DeliveryQuery,
): Promise<LoadedDelivery[]> {
  const query = select(reads).orderBy("delivery.id", newestFirst ? "DESC" : "ASC");
  if (after) query.where(`delivery.id ${newestFirst ? "<" : ">"} :after`, { after });
  // A user has few events: as an expression, the endpoint does not lure SQLite from their index to its own.
  const ofEndpoint = userId ? "delivery.endpointId || '' = :endpointId" : "delivery.endpointId = :endpointId";
  if (endpointId) query.andWhere(ofEndpoint, { endpointId });
  if (state) query.andWhere("delivery.state = :state", { state });
  if (userId) query.andWhere(`delivery.eventId IN (${EVENTS_OF_USER})`, { userId });
  return (await query.limit(limit).getMany()) as LoadedDelivery[];
}

/** @throws PasserbyError WEBHOOK_DELIVERY_NOT_FOUND */
async function getDelivery(reads: EntityManager, id: string): Promise<LoadedDelivery> {
  const delivery = await select(reads).where("delivery.id = :id", { id }).getOne();
  if (!delivery) throw new PasserbyError("WEBHOOK_DELIVERY_NOT_FOUND");
  return delivery as LoadedDelivery;
}

/**
 * Delivers an event again, whatever became of it: at once, and again for three days. The `webhook-id` stays the same.
 * @throws PasserbyError WEBHOOK_DELIVERY_NOT_FOUND
 */
export async function redeliver(
  { writes, clock, eventLog }: DeliveryServices,
  id: string,
): Promise<LoadedDelivery> {
  const delivery = await writes.transaction(async (manager) => {
    const now = clock.now();
    await execute(
      manager,
      "UPDATE webhook_deliveries SET state = 'PENDING', attempts = 0, next_attempt_at = ?, gives_up_at = ?, delivered_at = NULL WHERE id = ?",
      [+now, +secondsAfter(now, DELIVERY_DAYS * DAY_SECONDS), id],
    );
    return getDelivery(manager, id);
  });
  eventLog.prompt();
  return delivery;
}

/** Of the events that are not in the log. */
const NO_POSITION = 0;
const BATCH = 500;

/**
 * The same for all parked deliveries of an endpoint, but those of tests.
 * @returns how many
 * @throws PasserbyError WEBHOOK_ENDPOINT_NOT_FOUND
 */
export async function redeliverParked(
  { reads, writes, clock, eventLog }: DeliveryServices,
  endpointId: string,
): Promise<number> {
  await getEndpoint(reads, endpointId);
  const now = clock.now();
  const givesUpAt = secondsAfter(now, DELIVERY_DAYS * DAY_SECONDS);
  for (let total = 0; ; ) {
    // The oldest first, so that no event of a user is due before an earlier one is pending.
    const count = await writes.transaction((manager) =>
      execute(
        manager,
        `UPDATE webhook_deliveries SET state = 'PENDING', attempts = 0, next_attempt_at = ?, gives_up_at = ? WHERE id IN (
           SELECT id FROM webhook_deliveries WHERE endpoint_id = ? AND state = 'PARKED' AND position > ? ORDER BY position LIMIT ${BATCH})`,
        [+now, +givesUpAt, endpointId, NO_POSITION],
      ),
    );
    eventLog.prompt();
    total += count;
    if (count < BATCH) return total;
  }
}

/**
 * Sends an event of type `webhook.test` to one endpoint at once, also while it is disabled. It is attempted once. After a
 * success, what the endpoint missed is attempted at once.
 * @throws PasserbyError WEBHOOK_ENDPOINT_NOT_FOUND
 */
export async function testEndpoint(services: DeliveryServices, endpointId: string): Promise<LoadedDelivery> {
  const { reads, writes, clock, eventLog, webhooks } = services;
  const endpoint = await getEndpoint(reads, endpointId);
  const event = planTestEvent(endpoint, clock.now());
  const attempt = await webhooks.sender.attempt(endpoint, event);
  const delivery = planTestDelivery({ endpoint, event, attempt, now: clock.now() });
  await writes.transaction(async (manager) => {
    await getEndpoint(manager, endpointId);
    await insertRows(
      manager,
      { entity: Event, rows: [event] },
      { entity: WebhookDelivery, rows: [delivery] },
    );
    await storeHealth(manager, { endpointId, results: [{ attempt }], now: clock.now() });
  });
  if (attempt.error === null && endpoint.failingSince) {
    await makeAllDue(writes, endpointId, clock.now());
    eventLog.prompt();
  }
  return getDelivery(reads, delivery.id);
}

const planTestEvent = ({ id }: WebhookEndpoint, now: Date): Event =>
  Object.assign(new Event(), {
    id: `evt_${createOrderedId(now)}`,
    type: TEST_TYPE,
    at: now,
    userId: "",
    formerUserId: null,
    data: { endpoint: { id } },
    position: NO_POSITION,
  });

const planTestDelivery = ({
  endpoint,
  event,
  attempt,
  now,
}: {
  endpoint: WebhookEndpoint;
  event: Event;
  attempt: Attempt;
  now: Date;
}): WebhookDelivery =>
  Object.assign(new WebhookDelivery(), {
    id: createOrderedId(now),
    endpointId: endpoint.id,
    eventId: event.id,
    position: NO_POSITION,
    userId: "",
    formerUserId: null,
    state: attempt.error === null ? ("DELIVERED" as const) : ("PARKED" as const),
    attempts: 1,
    createdAt: event.at,
    nextAttemptAt: now,
    givesUpAt: now,
    lastAttemptAt: attempt.at,
    lastStatus: attempt.status,
    lastError: attempt.error,
    lastAnswer: attempt.answer,
    deliveredAt: attempt.error === null ? now : null,
  });
