/**
 * The event log: assigns each committed event its position, queues it for the endpoints that take its type, and is read by
 * position. Delivery is left to src/webhooks/.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { EntityManager } from "typeorm";
import { type Clock, DAY_MS, DAY_SECONDS, secondsAfter } from "../clock.ts";
import { insertRows } from "../database/insert-rows.ts";
import { execute, select } from "../database/sql.ts";
import type { Writes } from "../database/writes.ts";
import { Event } from "../entities/event.ts";
import { WebhookDelivery } from "../entities/webhook-delivery.ts";
import { WebhookEndpoint } from "../entities/webhook-endpoint.ts";
import { createOrderedId } from "../ids.ts";
import type { EventType } from "./event-types.ts";
import type { EventLog } from "./record-events.ts";

/** Events of one transaction of `sequence`. */
const BATCH = 500;
/** A delivery that fails after this time is parked. */
export const DELIVERY_DAYS = 3;
/** How often it is written down that `user.created` was read. */
const READ_NOTE_MS = 60 * 60_000;

/** Stored only while it is read or an endpoint takes it: a visitor would cost a row more. */
const ON_DEMAND: EventType = "user.created";

export interface EventQuery {
  /** The position that the page begins after; 0 for the oldest event, null for the newest ones. */
  readonly after: number | null;
  readonly limit: number;
  /** null for all. */
  readonly types: readonly string[] | null;
}

export interface SequencedEventLog extends EventLog {
  /** Reads which types have subscribers, to follow changes made by other gateways. */
  refresh(): Promise<void>;
  /** Calls `listener` at every `prompt`. */
  onPrompt(listener: () => void): void;
  /** Assigns positions to committed events and queues their deliveries. Concurrent calls share one run. */
  sequence(): Promise<void>;
  /** Events in the order of their positions, including all that were committed before the call. */
  list(query: EventQuery): Promise<Event[]>;
}

interface LogServices {
  readonly reads: EntityManager;
  readonly writes: Writes;
  readonly clock: Clock;
}

/** @param options.eventDays for how long events are kept */
export async function openEventLog(
  services: LogServices,
  { eventDays }: { eventDays: number },
): Promise<SequencedEventLog> {
  const { reads, clock } = services;
  let isTaken = false;
  /** When `user.created` was last read by query; in milliseconds, 0 for never. */
  let readAt = 0;
  const listeners: (() => void)[] = [];

  const refresh = async (): Promise<void> => {
    const endpoints = await reads.find(WebhookEndpoint, { select: { id: true, types: true } });
    isTaken = endpoints.some((endpoint) => takesType(endpoint, ON_DEMAND));
    const [counter] = await select<{ value: number | string }>(
      reads,
      "SELECT value FROM counters WHERE name = 'events-read'",
    );
    readAt = Math.max(readAt, Number(counter?.value ?? 0));
  };

  const sequence = sharedFromNow(async (): Promise<void> => {
    for (;;) {
      const [waiting] = await select(reads, "SELECT 1 FROM events WHERE position IS NULL LIMIT 1");
      if (!waiting || (await sequenceBatch(services)) < BATCH) return;
      await nextTurn();
    }
  });

  const noteRead = async (types: EventQuery["types"]): Promise<void> => {
    if (types && !types.includes(ON_DEMAND)) return;
    const now = +clock.now();
    if (now - readAt < READ_NOTE_MS) return;
    readAt = now;
    await services.writes.transaction((manager) =>
      execute(
        manager,
        "INSERT INTO counters (name, value) VALUES ('events-read', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        [now],
      ),
    );
  };

  await refresh();
  return {
    stores: (type) => type !== ON_DEMAND || isTaken || +clock.now() - readAt < eventDays * DAY_MS,
    prompt() {
      for (const listener of listeners) listener();
    },
    onPrompt: (listener) => void listeners.push(listener),
    refresh,
    sequence,
    async list({ after, limit, types }) {
      await noteRead(types);
      await sequence();
      if (types?.length === 0) return [];
      const builder = reads
        .createQueryBuilder(Event, "event")
        .where("event.position > :after", { after: after ?? 0 })
        .orderBy("event.position", after === null ? "DESC" : "ASC")
        .limit(limit);
      if (types) builder.andWhere("event.type IN (:...types)", { types });
      const events = await builder.getMany();
      return after === null ? events.reverse() : events;
    },
  };
}

/** Callers share a run that begins after their call: one that is under way may have missed what they committed. */
function sharedFromNow(run: () => Promise<void>): () => Promise<void> {
  let current: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const start = (): Promise<void> => {
    current = run().finally(() => {
      current = null;
    });
    return current;
  };
  return () => {
    if (!current) return start();
    next ??= current
      .catch(() => {})
      .then(() => {
        next = null;
        return start();
      });
    return next;
  };
}

export const takesType = ({ types }: Pick<WebhookEndpoint, "types">, type: string): boolean =>
  types === null || types.includes(type);

/** @returns how many events got a position */
function sequenceBatch({ writes, clock }: LogServices): Promise<number> {
  return writes.transaction(async (manager) => {
    // Other gateways wait here, so positions are committed in order, and a reader with a cursor skips none.
    await execute(manager, "UPDATE counters SET value = value WHERE name = 'event-position'");
    const [{ value: last } = { value: 0 }] = await select<{ value: number | string }>(
      manager,
      "SELECT value FROM counters WHERE name = 'event-position'",
    );
    const count = await execute(
      manager,
      `UPDATE events SET position = placed.position FROM (
         SELECT id, CAST(? AS bigint) + row_number() OVER (ORDER BY id) AS position FROM (
           SELECT id FROM events WHERE position IS NULL ORDER BY id LIMIT ${BATCH}) AS waiting) AS placed
       WHERE events.id = placed.id`,
      [Number(last)],
    );
    if (count === 0) return 0;
    await execute(manager, "UPDATE counters SET value = value + ? WHERE name = 'event-position'", [count]);
    await queueDeliveries(manager, { after: Number(last), now: clock.now() });
    return count;
  });
}

/** Disabled endpoints included: events wait for them. */
async function queueDeliveries(
  manager: EntityManager,
  { after, now }: { after: number; now: Date },
): Promise<void> {
  const endpoints = await manager.find(WebhookEndpoint, { select: { id: true, types: true } });
  if (endpoints.length === 0) return;
  const events = await select<QueuedEvent>(
    manager,
    "SELECT id, type, position, user_id, former_user_id FROM events WHERE position > ? ORDER BY position",
    [after],
  );
  const rows = events.flatMap((event) =>
    endpoints
      .filter((endpoint) => takesType(endpoint, event.type))
      .map((endpoint) => planDelivery(endpoint, event, now)),
  );
  if (rows.length > 0) await insertRows(manager, { entity: WebhookDelivery, rows });
}

interface QueuedEvent {
  readonly id: string;
  readonly type: string;
  readonly position: number | string;
  readonly user_id: string;
  readonly former_user_id: string | null;
}

const planDelivery = ({ id: endpointId }: { id: string }, event: QueuedEvent, now: Date): WebhookDelivery =>
  Object.assign(new WebhookDelivery(), {
    id: createOrderedId(now),
    endpointId,
    eventId: event.id,
    position: event.position,
    userId: event.user_id,
    formerUserId: event.former_user_id,
    state: "PENDING" as const,
    attempts: 0,
    createdAt: now,
    nextAttemptAt: now,
    givesUpAt: secondsAfter(now, DELIVERY_DAYS * DAY_SECONDS),
    lastAttemptAt: null,
    lastStatus: null,
    lastError: null,
    lastAnswer: null,
    deliveredAt: null,
  });
