/** Runs the author's callbacks for verified events: once for each id, and tells the sender how it ended. */
import type { EventType } from "../../events/event-types.ts";
import { BoundedMap } from "../bounded-map.ts";
import type { Log } from "../quiet-log.ts";
import type { LifecycleEvent, LifecycleOptions, SeenStore } from "./lifecycle-options.ts";

/** What the sender is answered. */
export interface Acknowledgement {
  readonly status: 200 | 204 | 500;
  readonly body?: { readonly receipt: string } | { readonly error: string };
}

const MAX_IDS = 10_000;
const MAX_RECEIPT_BYTES = 1_024;

const callbackNames = {
  "user.created": "onCreated",
  "user.linked": "onLinked",
  "user.unlinked": "onUnlinked",
  "user.merged": "onMerged",
  "user.expiring": "onExpiring",
  "user.expired": "onExpired",
  "user.deleted": "onDeleted",
  "user.disabled": "onDisabled",
  "user.enabled": "onEnabled",
  "user.updated": "onUpdated",
  "session.ended": "onSessionEnded",
} as const satisfies Record<EventType, keyof LifecycleOptions>;

type AnyCallback = (data: unknown, event: LifecycleEvent) => unknown;

/** @throws TypeError for an option that does not exist: a misspelt callback would never run */
export function createEventRunner(
  options: LifecycleOptions,
  log: Log,
): (event: LifecycleEvent) => Promise<Acknowledgement> {
  const callbacks = readCallbacks(options);
  const seen = options.seen ?? createSeenIds();
  const receipts = new BoundedMap<string>(MAX_IDS);
  const running = new Map<string, Promise<Acknowledgement>>();

  const run = async (event: LifecycleEvent): Promise<Acknowledgement> => {
    try {
      if (!(await seen.has(event.id))) {
        const general = await options.onEvent?.(event);
        const own = await callbacks.get(event.type)?.(event.data, event);
        const receipt = typeof own === "string" ? own : general;
        if (isReceipt(receipt, event, log)) receipts.set(event.id, receipt);
        await seen.add(event.id);
      }
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      log(`lifecycleHandler: ${event.type} ${event.id} failed and will be delivered again: ${reason}`);
      return { status: 500, body: { error: "The event could not be handled." } };
    }
    // A repeated delivery gets the receipt again: the answer to the first one may have been lost.
    const receipt = receipts.get(event.id);
    return receipt === undefined ? { status: 204 } : { status: 200, body: { receipt } };
  };

  return (event) => {
    // The gateway repeats a delivery that takes longer than its timeout.
    const same = running.get(event.id);
    if (same) return same;
    const started = run(event).finally(() => running.delete(event.id));
    running.set(event.id, started);
    return started;
  };
}

function readCallbacks(options: LifecycleOptions): ReadonlyMap<string, AnyCallback> {
  const known = new Set<string>([...Object.values(callbackNames), "onEvent"]);
  for (const [name, value] of Object.entries(options)) {
    if (!name.startsWith("on") || value === undefined) continue;
    if (!known.has(name)) {
      throw new TypeError(`lifecycleHandler has no option ${name}. There are ${[...known].join(", ")}.`);
    }
    if (typeof value !== "function") throw new TypeError(`${name} must be a function.`);
  }
  return new Map(
    Object.entries(callbackNames).flatMap(([type, name]) => {
      const callback = options[name] as AnyCallback | undefined;
      return callback ? [[type, callback]] : [];
    }),
  );
}

function createSeenIds(): SeenStore {
  const ids = new BoundedMap<true>(MAX_IDS);
  return { has: (id) => ids.get(id) ?? false, add: (id) => ids.set(id, true) };
}

function isReceipt(value: unknown, { type, id }: LifecycleEvent, log: Log): value is string {
  if (typeof value !== "string") return false;
  if (new TextEncoder().encode(value).length <= MAX_RECEIPT_BYTES) return true;
  log(
    `lifecycleHandler: the receipt for ${type} ${id} is longer than ${MAX_RECEIPT_BYTES} bytes. The event is acknowledged without it.`,
  );
  return false;
}
