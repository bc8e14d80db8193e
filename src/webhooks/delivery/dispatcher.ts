/**
 * Delivers the event log to endpoints. Each endpoint is served by one gateway at a time, which holds its lease; endpoints do
 * not wait for each other.
 */
import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import type { Logger } from "pino";
import type { EntityManager } from "typeorm";
import { type Clock, secondsAfter } from "../../clock.ts";
import { acquireLease, releaseLease } from "../../database/lease.ts";
import type { Writes } from "../../database/writes.ts";
import { WebhookEndpoint } from "../../entities/webhook-endpoint.ts";
import type { SequencedEventLog } from "../../events/event-log.ts";
import type { RequestLoad } from "../../request-load.ts";
import { listDueEndpointIds } from "./due-deliveries.ts";
import { createEndpointWorker, type EndpointWorker } from "./endpoint-worker.ts";
import type { Pace } from "./pace.ts";
import type { Sender } from "./sender.ts";

/** Finds what other gateways recorded, and what is due again. */
const POLL_MS = 1_000;
/** After a prompt, for the transaction to commit and others to join it. */
const PROMPT_MS = 50;
/** After a crash another gateway takes over this much later. */
const LEASE_SECONDS = 30;
/** A lease is renewed when it has less time left. */
const RENEW_SECONDS = 20;
/** No attempt starts with less time left, so that it ends while the lease is held. */
const ATTEMPT_SECONDS = 12;
/** How long `stop` waits for attempts that are running. */
const STOP_MS = 3_000;

export interface Dispatcher {
  /** Delivers until `stop`. */
  start(): void;
  /** Starts no more attempts; waits a few seconds for those that are running, and leaves the endpoints to other gateways. */
  stop(): Promise<void>;
}

interface DispatcherServices {
  readonly reads: EntityManager;
  readonly writes: Writes;
  readonly clock: Clock;
  readonly log: Logger;
  readonly eventLog: SequencedEventLog;
  readonly sender: Sender;
  readonly pace: Pace;
  readonly load: Pick<RequestLoad, "isHigh">;
  readonly countAttempt: (endpointId: string, outcome: "delivered" | "failed") => void;
}

export function createDispatcher(services: DispatcherServices): Dispatcher {
  const { reads, clock, log, eventLog, sender, load } = services;
  const owner = randomUUID();
  const aborting = new AbortController();
  // Every attempt listens.
  setMaxListeners(0, aborting.signal);
  const workers = new Map<string, EndpointWorker>();
  /** Until when this gateway has the lease of an endpoint. */
  const leases = new Map<string, Date>();
  let isStopped = true;
  let isFailing = false;
  let timer: NodeJS.Timeout | null = null;
  let isPrompted = false;
  let running: Promise<void> = Promise.resolve();

  const poll = async (): Promise<void> => {
    isPrompted = false;
    await eventLog.refresh();
    await eventLog.sequence();
    const [endpoints, due] = await Promise.all([
      reads.find(WebhookEndpoint),
      listDueEndpointIds(reads, clock.now()),
    ]);
    await Promise.all(endpoints.map((endpoint) => serve(endpoint, due.has(endpoint.id))));
    const existing = new Set(endpoints.map(({ id }) => id));
    for (const id of workers.keys()) if (!existing.has(id)) drop(id);
  };

  const serve = async (endpoint: WebhookEndpoint, isDue: boolean): Promise<void> => {
    const { id, disabledAt } = endpoint;
    const worker = workers.get(id);
    if (disabledAt) return worker?.pause();
    if (!isDue && !worker?.isBusy()) return;
    const until = await holdLease(id);
    if (isStopped) return;
    if (!until) return worker?.pause();
    workerFor(endpoint).resume(endpoint, secondsAfter(until, -ATTEMPT_SECONDS));
  };

  const workerFor = ({ id, failingSince }: WebhookEndpoint): EndpointWorker => {
    let worker = workers.get(id);
    if (!worker) {
      worker = createEndpointWorker(services, id, {
        isFailing: failingSince !== null,
        stopping: aborting.signal,
      });
      workers.set(id, worker);
    }
    return worker;
  };

  const drop = (id: string): void => {
    workers.get(id)?.pause();
    workers.delete(id);
    leases.delete(id);
    sender.forget(id);
  };

  /** @returns until when this gateway has the lease; null when another one has it */
  const holdLease = async (endpointId: string): Promise<Date | null> => {
    const now = clock.now();
    const held = leases.get(endpointId);
    if (held && held > secondsAfter(now, RENEW_SECONDS)) return held;
    const lease = { name: leaseName(endpointId), owner, seconds: LEASE_SECONDS };
    if (await acquireLease(services, lease)) {
      const until = secondsAfter(now, LEASE_SECONDS);
      leases.set(endpointId, until);
      return until;
    }
    leases.delete(endpointId);
    return null;
  };

  const run = async (): Promise<void> => {
    timer = null;
    try {
      await poll();
      if (isFailing) log.info("webhooks are delivered again");
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.error({ err: error }, "delivering webhooks failed, will be tried again");
      isFailing = true;
    }
    schedule(isPrompted && !isFailing ? promptMs() : POLL_MS);
  };
  /** While requests need the time, prompts are ignored: more events share what a poll costs. */
  const promptMs = (): number => (load.isHigh() ? POLL_MS : PROMPT_MS);
  const schedule = (ms: number): void => {
    if (isStopped) return;
    if (timer) clearTimeout(timer);
    timer = setTimeout(() => {
      running = run();
    }, ms);
  };

  eventLog.onPrompt(() => {
    if (isPrompted || isFailing) return;
    isPrompted = true;
    // While a poll runs, the next one is scheduled at its end.
    if (timer) schedule(promptMs());
  });

  return {
    start() {
      isStopped = false;
      schedule(PROMPT_MS);
    },
    async stop() {
      isStopped = true;
      if (timer) clearTimeout(timer);
      await running;
      const limit = setTimeout(() => aborting.abort(), STOP_MS);
      await Promise.all([...workers.values()].map((worker) => worker.stop()));
      clearTimeout(limit);
      for (const id of workers.keys()) sender.forget(id);
      await Promise.all([...leases.keys()].map((id) => release(id)));
    },
  };

  async function release(endpointId: string): Promise<void> {
    try {
      await releaseLease(services, { name: leaseName(endpointId), owner });
    } catch (error) {
      log.warn({ endpointId, err: error }, "lease could not be released, and lapses by itself");
    }
  }
}

const leaseName = (endpointId: string): string => `webhook-endpoint:${endpointId}`;
