/**
 * The one place where something that happened becomes rows: the daily count, the audit event, the event for subscribers
 * and the purge receipts that it makes due. All are stored in the transaction that made it happen, or not at all.
 */
import type { EntityManager } from "typeorm";
import type { Audit, Facts } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import { insertRows, type Rows } from "../database/insert-rows.ts";
import { AuditEvent } from "../entities/audit-event.ts";
import type { DailyCount } from "../entities/daily-count.ts";
import { Erasure } from "../entities/erasure.ts";
import { Event } from "../entities/event.ts";
import { PurgeReceipt } from "../entities/purge-receipt.ts";
import { WebhookEndpoint } from "../entities/webhook-endpoint.ts";
import { createId, createOrderedId } from "../ids.ts";
import type { RequestContext } from "../request-context.ts";
import { dailyCountRows } from "../statistics/daily-counts.ts";
import { type EventData, type EventType, purgeTypes } from "./event-types.ts";

/** Something that happened, and everything that follows from it. */
export interface DomainEvent {
  readonly audit?: Facts | null;
  readonly counts?: readonly DailyCount[];
  readonly published?: readonly PublishedEvent[];
}

/** What subscribers receive. */
export type PublishedEvent = {
  [Type in EventType]: {
    readonly type: Type;
    readonly userId: string;
    /** The anonymous user of a merge. */
    readonly formerUserId?: string;
    /** Called only for events that are stored. */
    readonly data: () => EventData[Type];
    /** The hash of the id by which the deleted person follows the erasure. */
    readonly erasureHash?: string;
  };
}[EventType];

/** What the log tells those who record events, and is told by them. */
export interface EventLog {
  /** Whether events of a type are stored. All are, except for `user.created`, which needs a subscriber. */
  stores(type: EventType): boolean;
  /** Events were recorded, and may be committed soon. */
  prompt(): void;
}

/** The services that every rule needs that records events. */
export interface EventServices {
  readonly audit: Audit;
  readonly eventLog: EventLog;
  readonly clock: Clock;
}

/**
 * Records events in the transaction that made them happen. Must come last in it: daily counts stay locked until the commit,
 * and no lock is acquired after them (deadlocks).
 */
export async function recordEvents(
  manager: EntityManager,
  services: EventServices,
  context: RequestContext,
  ...events: readonly DomainEvent[]
): Promise<void> {
  const { stored, ...rows } = planRows(services, context, events);
  const receipts = await planReceipts(manager, stored);
  const groups = [...rows.groups, { entity: PurgeReceipt, rows: receipts }, rows.counts];
  const filled = groups.filter((group) => group.rows.length > 0);
  if (filled.length > 0) await insertRows(manager, ...filled);
}

/** The rows of events that make no receipt due, for a write without a transaction of its own: the last rows of it. */
export function eventRows(
  services: EventServices,
  context: RequestContext,
  ...events: readonly DomainEvent[]
): Rows[] {
  const { groups, counts } = planRows(services, context, events);
  return [...groups, counts].filter(({ rows }) => rows.length > 0);
}

function planRows(
  { audit, eventLog, clock }: EventServices,
  context: RequestContext,
  events: readonly DomainEvent[],
): { stored: Event[]; groups: Rows[]; counts: Rows } {
  const stored: Event[] = [];
  const erasures: Erasure[] = [];
  const auditRows: AuditEvent[] = [];
  const counts: DailyCount[] = [];
  for (const event of events) {
    if (event.audit) auditRows.push(audit.planRow(context, event.audit));
    if (event.counts) counts.push(...event.counts);
    for (const published of event.published ?? []) {
      if (!eventLog.stores(published.type)) continue;
      const row = planEvent(published, clock.now());
      stored.push(row);
      if (published.erasureHash)
        erasures.push({ hash: published.erasureHash, eventId: row.id, requestedAt: row.at });
    }
  }
  if (stored.length > 0) eventLog.prompt();
  return {
    stored,
    groups: [
      { entity: AuditEvent, rows: auditRows },
      { entity: Event, rows: stored },
      { entity: Erasure, rows: erasures },
    ],
    counts: dailyCountRows(counts),
  };
}

const planEvent = (
  { type, userId, formerUserId, data }: Omit<PublishedEvent, "erasureHash">,
  at: Date,
): Event =>
  Object.assign(new Event(), {
    id: `evt_${createOrderedId(at)}`,
    type,
    at,
    userId,
    formerUserId: formerUserId ?? null,
    data: data() as unknown as Record<string, unknown>,
    position: null,
  });

/** What endpoints owe for deleted, expired and merged users, decided by the endpoints of this moment. */
async function planReceipts(manager: EntityManager, events: readonly Event[]): Promise<PurgeReceipt[]> {
  const purges = events.filter(({ type }) => purgeTypes.has(type as EventType));
  if (purges.length === 0) return [];
  const endpoints = await manager.findBy(WebhookEndpoint, { requiresReceipt: true });
  return endpoints.flatMap((endpoint) =>
    purges
      .filter(({ type }) => endpoint.types === null || endpoint.types.includes(type))
      .map((event) => ({
        id: createId(event.at),
        eventId: event.id,
        eventType: event.type,
        endpointId: endpoint.id,
        endpointDescription: endpoint.description,
        userId: event.userId,
        formerUserId: event.formerUserId,
        requestedAt: event.at,
        receivedAt: null,
        receipt: null,
      })),
  );
}
