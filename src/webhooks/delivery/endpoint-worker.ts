/** Delivers to one endpoint, as long as this gateway holds the endpoint's lease. */
import type { Logger } from "pino";
import type { EntityManager } from "typeorm";
import type { Clock } from "../../clock.ts";
import type { Writes } from "../../database/writes.ts";
import type { WebhookEndpoint } from "../../entities/webhook-endpoint.ts";
import { createDeliveryQueue } from "./delivery-queue.ts";
import { type DueDelivery, listDue, makeAllDue, PAGE } from "./due-deliveries.ts";
import type { Pace } from "./pace.ts";
import { type Result, storeResults } from "./results.ts";
import { MAX_AT_ONCE, type Sender } from "./sender.ts";

/** Failures in a row after which an endpoint is asked less often. */
const FAILING_AFTER = 5;
/** The pause between attempts at a failing endpoint: about ten a second. */
const FAILING_PAUSE_MS = 100;
/** Results of a few milliseconds share a transaction. */
const STORE_AFTER_MS = 20;
const STORE_AT_ONCE = 64;
/** Pause after results could not be stored. */
const STORE_RETRY_MS = 1_000;
/** Without room for their results no attempts are started: half a page, so that the next page has others. */
const MAX_UNSTORED = PAGE / 2;
/** While deliveries are in memory, how often more are looked for after none were found. */
const LIST_PAUSE_MS = 200;
/** How often a mended endpoint gets everything at once, so that one failing event among others does not do that. */
const WAKE_PAUSE_MS = 60_000;

interface WorkerServices {
  readonly reads: EntityManager;
  readonly writes: Writes;
  readonly clock: Clock;
  readonly log: Logger;
  readonly sender: Sender;
  readonly pace: Pace;
  readonly countAttempt: (endpointId: string, outcome: "delivered" | "failed") => void;
}

export interface EndpointWorker {
  /** Continues, with the endpoint as it is now. @param until no attempt starts after this time of the clock */
  resume(endpoint: WebhookEndpoint, until: Date): void;
  /** Starts no more attempts; those that are running end by themselves. */
  pause(): void;
  /** Whether an attempt is running or its result is not stored. */
  isBusy(): boolean;
  /** Starts nothing more; resolves when all results are stored, or could not be. */
  stop(): Promise<void>;
}

export function createEndpointWorker(
  services: WorkerServices,
  endpointId: string,
  { isFailing, stopping }: { isFailing: boolean; stopping: AbortSignal },
): EndpointWorker {
  const { writes, clock, log, sender, pace, countAttempt } = services;
  let current: { endpoint: WebhookEndpoint; until: Date } | null = null;
  let isStopped = false;
  const queue = createDeliveryQueue();
  /** When something was last looked for in vain. */
  let emptyAt = Number.NEGATIVE_INFINITY;
  let isListing = false;
  /** Something may be due that is not in the queue. */
  let mayBeDue = false;
  let failures = isFailing ? FAILING_AFTER : 0;
  let startedAt = 0;
  let wakeFrom: number | null = null;
  let wokenAt = Number.NEGATIVE_INFINITY;
  let results: Result[] = [];
  let isStoring = false;
  let timer: NodeJS.Timeout | null = null;
  let storeTimer: NodeJS.Timeout | null = null;
  const whenIdle: (() => void)[] = [];
  /** Deliveries that are running, or whose result is not stored. */
  const open = new Set<number>();
  let running = 0;

  const isBusy = (): boolean => open.size > 0;

  const pump = (): void => {
    while (!isStopped && current && clock.now() < current.until) {
      if (running >= MAX_AT_ONCE || open.size >= MAX_UNSTORED) return;
      if (!queue.hasNext()) return void list();
      const wait = Math.max(
        pace.waitMs(),
        failures >= FAILING_AFTER ? startedAt + FAILING_PAUSE_MS - performance.now() : 0,
      );
      if (wait > 0) {
        timer ??= setTimeout(() => {
          timer = null;
          pump();
        }, wait);
        return;
      }
      void attempt(current.endpoint, queue.next());
    }
  };

  const list = async (): Promise<void> => {
    const isTooSoon = queue.size() + open.size > 0 && performance.now() - emptyAt < LIST_PAUSE_MS;
    if (isListing || !mayBeDue || isTooSoon) return;
    [isListing, mayBeDue] = [true, false];
    try {
      const held = new Set([...open, ...queue.positions()]);
      const due = await listDue(services, { endpointId, now: clock.now(), held });
      emptyAt = due.length === 0 ? performance.now() : Number.NEGATIVE_INFINITY;
      if (current) queue.add(due);
      mayBeDue ||= due.length > 0;
    } catch (error) {
      log.warn({ endpointId, err: error }, "pending deliveries could not be read, will be tried again");
    } finally {
      isListing = false;
    }
    if (queue.hasNext() || mayBeDue) pump();
  };

  const attempt = async (endpoint: WebhookEndpoint, delivery: DueDelivery): Promise<void> => {
    open.add(delivery.position);
    running += 1;
    startedAt = performance.now();
    pace.started();
    const made = await sender.attempt(endpoint, delivery.message, stopping);
    running -= 1;
    if (made.error === null || !stopping.aborted) {
      countAttempt(endpointId, made.error === null ? "delivered" : "failed");
      note(delivery, made.error);
      queue.settle(delivery, made.error === null);
      results.push({ delivery, attempt: made });
      storeSoon();
    } else {
      open.delete(delivery.position);
      queue.settle(delivery, false);
      settle();
    }
    pump();
  };

  const note = (delivery: DueDelivery, error: string | null): void => {
    const about = { endpointId, eventId: delivery.eventId };
    if (error !== null) {
      failures += 1;
      if (failures === 1)
        log.warn({ ...about, reason: error }, "webhook delivery failed, will be tried again");
      if (failures === FAILING_AFTER) log.warn({ ...about, reason: error }, "webhook endpoint is failing");
      return;
    }
    if (failures >= FAILING_AFTER) {
      log.info({ endpointId }, "webhook endpoint succeeds again");
      wakeFrom = wokenAt + WAKE_PAUSE_MS;
    }
    failures = 0;
  };

  const storeSoon = (): void => {
    if (isStoring) return;
    if (results.length >= STORE_AT_ONCE) return void store();
    storeTimer ??= setTimeout(store, STORE_AFTER_MS);
  };

  const store = async (): Promise<void> => {
    if (storeTimer) clearTimeout(storeTimer);
    storeTimer = null;
    if (isStoring || results.length === 0) return;
    isStoring = true;
    const batch = results;
    results = [];
    let pause = STORE_AFTER_MS;
    try {
      await writes.transaction((manager) =>
        storeResults(manager, { endpointId, results: batch, now: clock.now() }),
      );
      for (const { delivery } of batch) open.delete(delivery.position);
      mayBeDue = true;
    } catch (error) {
      log.warn({ endpointId, err: error }, "results of deliveries could not be stored, will be tried again");
      results = [...batch, ...results];
      pause = STORE_RETRY_MS;
    }
    isStoring = false;
    const isGivenUp = isStopped && pause === STORE_RETRY_MS;
    if (results.length > 0 && !isGivenUp) storeTimer ??= setTimeout(store, pause);
    settle();
    void wake();
    pump();
  };

  /** A mended endpoint gets at once what waits for its next attempt. */
  const wake = async (): Promise<void> => {
    if (isStopped || wakeFrom === null || performance.now() < wakeFrom) return;
    wakeFrom = null;
    wokenAt = performance.now();
    try {
      await makeAllDue(writes, endpointId, clock.now());
    } catch (error) {
      log.warn({ endpointId, err: error }, "deliveries of a mended endpoint wait for their next attempt");
    }
    mayBeDue = true;
    pump();
  };

  const settle = (): void => {
    const isLost = isStopped && running === 0 && !isStoring && storeTimer === null;
    if (isBusy() && !isLost) return;
    for (const resolve of whenIdle.splice(0)) resolve();
  };

  return {
    resume(endpoint, until) {
      current = { endpoint, until };
      mayBeDue = true;
      void wake();
      pump();
    },
    pause() {
      current = null;
      queue.clear();
    },
    isBusy,
    async stop() {
      isStopped = true;
      queue.clear();
      if (timer) clearTimeout(timer);
      if (!isBusy()) return;
      await new Promise<void>((resolve) => {
        whenIdle.push(resolve);
        if (results.length > 0) void store();
      });
    },
  };
}
