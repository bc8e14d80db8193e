import type { EventData, EventType } from "../../events/event-types.ts";
import type { Log } from "../quiet-log.ts";

/** An event as it is delivered. */
export type LifecycleEvent = {
  [Type in EventType]: EventOf<Type>;
}[EventType];

export interface EventOf<Type extends EventType> {
  /** `webhook-id`: the same for every attempt, and in the `events` query of the admin graph. */
  readonly id: string;
  readonly type: Type;
  /** When it happened, ISO 8601. */
  readonly timestamp: string;
  readonly data: EventData[Type];
}

/**
 * What to do with an event. It is acknowledged once this has returned, or its promise is resolved; if it throws, the
 * gateway delivers the event again. It may run twice for one event, so it must be idempotent: prefer `UPDATE … WHERE` to
 * counting.
 * @returns if it is a string, or resolves to one, that is the purge receipt, of at most 1 kB; anything else is ignored
 */
export type LifecycleCallback<Type extends EventType> = (
  data: EventData[Type],
  event: EventOf<Type>,
) => unknown;

/** Where handled ids are stored. The methods may be asynchronous; if one throws, the gateway delivers the event again. */
export interface SeenStore {
  /** Whether the event was handled. */
  has(id: string): Promise<boolean> | boolean;
  /** Called after the callbacks have resolved. The gateway repeats a delivery for three days. */
  add(id: string): unknown;
}

/** Only `secrets` is required. Events without a callback are acknowledged. */
export interface LifecycleOptions {
  /** The secrets of the endpoint, `whsec_…`. During a rotation the new one and the previous one, in any order. */
  readonly secrets: readonly string[];
  /** `user.created`: a new user, anonymous or not (`data.user.isAnonymous`). */
  readonly onCreated?: LifecycleCallback<"user.created">;
  /** `user.linked`: an identity was added; with `data.promoted` the anonymous user became permanent. */
  readonly onLinked?: LifecycleCallback<"user.linked">;
  /** `user.unlinked`: an identity was removed. */
  readonly onUnlinked?: LifecycleCallback<"user.unlinked">;
  /** `user.merged`: move what belongs to the guest `data.formerId` to `data.user.id`. A purge receipt may be due. */
  readonly onMerged?: LifecycleCallback<"user.merged">;
  /** `user.expiring`: the anonymous user will be deleted at `data.expiresAt`, unless it is linked. */
  readonly onExpiring?: LifecycleCallback<"user.expiring">;
  /** `user.expired`: the guest is deleted; delete what belongs to `data.user.ids`. A purge receipt may be due. */
  readonly onExpired?: LifecycleCallback<"user.expired">;
  /** `user.deleted`: the user is deleted; delete what belongs to `data.user.ids`. A purge receipt may be due. */
  readonly onDeleted?: LifecycleCallback<"user.deleted">;
  /** `user.disabled`: an operator disabled the user; their sessions have ended. */
  readonly onDisabled?: LifecycleCallback<"user.disabled">;
  /** `user.enabled`: an operator enabled the user again. */
  readonly onEnabled?: LifecycleCallback<"user.enabled">;
  /** `user.updated`: the profile or an email changed; `data.changed` tells which. */
  readonly onUpdated?: LifecycleCallback<"user.updated">;
  /** `session.ended`: a session ended before its time. */
  readonly onSessionEnded?: LifecycleCallback<"session.ended">;
  /**
   * Every event, before its own callback. Also events of types that are newer than this package, whose `type` is none of
   * the known ones.
   */
  readonly onEvent?: (event: LifecycleEvent) => unknown;
  /** Default: the last 10,000 ids, in memory. Give a shared one if several processes serve the endpoint. */
  readonly seen?: SeenStore;
  /** Logs why deliveries fail; rejected ones each reason once a minute. Default: `console.error`. null: no log. */
  readonly log?: Log | null;
  /** For tests. */
  readonly clock?: () => Date;
}
