/** The subscriber side of the event log on a database, without the rest of the gateway; and endpoints that receive. */
import "reflect-metadata";
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { createAudit } from "../../src/audit/audit.ts";
import { type Database, openDatabase } from "../../src/database/database.ts";
import { createEncryption } from "../../src/encryption.ts";
import { Event } from "../../src/entities/event.ts";
import { openEventLog } from "../../src/events/event-log.ts";
import { createOrderedId } from "../../src/ids.ts";
import type { PrivateAddresses } from "../../src/network/outgoing-request.ts";
import { systemContext } from "../../src/request-context.ts";
import { createFailureCounter } from "../../src/statistics/gathered-counter.ts";
import { createEndpoint, type EndpointServices } from "../../src/webhooks/endpoints.ts";
import { openWebhooks } from "../../src/webhooks/webhooks.ts";
import type { Asked } from "./endpoint.ts";
import { MASTER_KEY } from "./keys.ts";
import type { TestClock } from "./test-clock.ts";

export type Subscribers = Awaited<ReturnType<typeof openSubscribers>>;

/** @param options.privateAddresses all are allowed unless given: endpoints of tests are on this machine */
export async function openSubscribers({
  url,
  clock,
  privateAddresses = true,
  load = { isHigh: () => false, requests: () => 0 },
}: {
  url: string;
  clock: TestClock;
  privateAddresses?: PrivateAddresses;
  load?: { isHigh(): boolean; requests(): number };
}) {
  const database: Database = await openDatabase({ url });
  const log = pino({ level: "silent" });
  const { reads, writes } = database;
  const eventLog = await openEventLog({ reads, writes, clock }, { eventDays: 30 });
  const encryption = createEncryption(MASTER_KEY);
  const shared = { reads, writes, clock, log, eventLog };
  const { webhooks, dispatcher } = openWebhooks({ ...shared, encryption, privateAddresses, load });
  const audit = createAudit({
    ...{ reads, writes, clock, log },
    failedLogins: createFailureCounter({ writes, clock, log }),
  });
  const services: EndpointServices & typeof shared = { ...shared, audit, webhooks };
  dispatcher.start();
  return {
    database,
    services,
    dispatcher,
    /** Stores events as rules do, in one transaction. */
    async record(...events: readonly StoredEvent[]): Promise<string[]> {
      const rows = events.map(({ type = "user.updated", userId, formerUserId = null, data }) =>
        Object.assign(new Event(), {
          id: `evt_${createOrderedId(clock.now())}`,
          type,
          at: clock.now(),
          userId,
          formerUserId,
          data: data ?? { user: { id: userId } },
          position: null,
        }),
      );
      await writes.insert([{ entity: Event, rows }]);
      eventLog.prompt();
      return rows.map(({ id }) => id);
    },
    subscribe: (target: string, options: { types?: string[]; requiresReceipt?: boolean } = {}) =>
      createEndpoint(services, systemContext, {
        url: target,
        types: options.types ?? null,
        requiresReceipt: options.requiresReceipt ?? false,
        description: null,
      }),
    async stop() {
      await dispatcher.stop();
      await database.close();
    },
  };
}

export interface StoredEvent {
  readonly type?: string;
  readonly userId: string;
  readonly formerUserId?: string;
  readonly data?: Record<string, unknown>;
}

/** The ids of the events that an endpoint was asked to take, in that order. */
export const idsOf = (asked: readonly Asked[]): string[] =>
  asked.map(({ headers }) => String(headers["webhook-id"]));

/** Waits until something holds. @throws Error after `seconds` */
export async function eventually(holds: () => unknown, seconds = 20): Promise<void> {
  for (const end = Date.now() + seconds * 1_000; !(await holds()); ) {
    if (Date.now() > end) throw new Error(`This did not become true in ${seconds} s: ${holds}`);
    await sleep(20);
  }
}
