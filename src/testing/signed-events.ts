/** Signed events of every type, as the gateway delivers them, for tests of webhook handlers. Needs no gateway. */
import { createHmac, randomUUID } from "node:crypto";
import type { EventData, EventType, EventUser } from "../events/event-types.ts";

/** Signs the events unless another secret is given. Public, so only for tests. */
export const TEST_SECRET = `whsec_${Buffer.from("passerby/testing: everyone knows").toString("base64")}`;

/** One delivery: what is sent by POST. */
export interface SignedEvent {
  /** `webhook-id`. */
  readonly id: string;
  readonly type: string;
  readonly data: object;
  readonly headers: Readonly<
    Record<"content-type" | "webhook-id" | "webhook-timestamp" | "webhook-signature", string>
  >;
  /** `{ "type", "timestamp", "data" }` as JSON. */
  readonly body: string;
}

export interface SigningOptions {
  /** Default: `TEST_SECRET`. With several, each signs, as during a rotation. */
  readonly secrets?: readonly string[];
  /** Default: a new one. */
  readonly id?: string;
  /** When it happened. Default: now. */
  readonly at?: Date;
  /** When this attempt is made. Default: now. */
  readonly sentAt?: Date;
}

type Overrides<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [Name in keyof T]?: Overrides<T[Name]> }
    : T;

const DAY_MS = 86_400_000;
const ANONYMOUS_LIFETIME_DAYS = 90;
const NOTICE_DAYS = 7;

const user = (isAnonymous: boolean): EventUser => ({
  id: randomUUID(),
  isAnonymous,
  createdAt: new Date(Date.now() - DAY_MS).toISOString(),
});
const identity = () => ({ id: randomUUID(), provider: "local-userpass" });
const deletedUser = () => {
  const id = randomUUID();
  return { id, ids: [id, randomUUID()] };
};

const samples: { readonly [Type in EventType]: () => EventData[Type] } = {
  "user.created": () => ({
    user: { ...user(true), createdAt: new Date().toISOString() },
    provider: "anon-user",
  }),
  "user.linked": () => ({ user: user(false), identity: identity(), promoted: true }),
  "user.unlinked": () => ({ user: user(false), identity: identity() }),
  "user.merged": () => ({ user: user(false), formerId: randomUUID(), provider: "local-userpass" }),
  "user.expiring": () => ({
    user: {
      ...user(true),
      createdAt: new Date(Date.now() - (ANONYMOUS_LIFETIME_DAYS - NOTICE_DAYS) * DAY_MS).toISOString(),
    },
    expiresAt: new Date(Date.now() + NOTICE_DAYS * DAY_MS).toISOString(),
  }),
  "user.expired": () => {
    const { id } = deletedUser();
    return { user: { id, ids: [id] } };
  },
  "user.deleted": () => ({ user: deletedUser() }),
  "user.disabled": () => ({ user: user(false) }),
  "user.enabled": () => ({ user: user(false) }),
  "user.updated": () => ({ user: user(false), changed: ["profile"] }),
  "session.ended": () => ({
    user: { id: randomUUID() },
    session: { id: randomUUID() },
    reason: "LOGOUT",
  }),
};

/** Every type that `signedEvent` knows. */
export const lifecycleEventTypes = Object.keys(samples) as readonly EventType[];

/**
 * Makes an event with realistic data.
 * @param overrides parts of `data` to replace; objects are merged, lists replaced
 */
export function signedEvent<Type extends EventType>(
  type: Type,
  overrides: Overrides<EventData[Type]> = {} as Overrides<EventData[Type]>,
  options: SigningOptions = {},
): SignedEvent {
  return sign(type, merge(samples[type](), overrides) as object, options);
}

/** Makes an event of any type, such as one that is newer than this package. A handler must acknowledge those too. */
export const customEvent = (type: string, data: object, options: SigningOptions = {}): SignedEvent =>
  sign(type, data, options);

function sign(type: string, data: object, options: SigningOptions): SignedEvent {
  const { id = createEventId(), at = new Date() } = options;
  const body = JSON.stringify({ type, timestamp: at.toISOString(), data });
  return { id, type, data, body, headers: signHeaders({ ...options, id, body }) };
}

/** The next attempt to deliver an event: the same id and body, at another time. A handler must not handle it again. */
export function retriedEvent(
  event: SignedEvent,
  options: Pick<SigningOptions, "secrets" | "sentAt"> = {},
): SignedEvent {
  return { ...event, headers: signHeaders({ ...options, id: event.id, body: event.body }) };
}

/** What is signed is `webhook-id`, `webhook-timestamp` and the body, joined by dots. */
function signHeaders({
  id,
  body,
  secrets = [TEST_SECRET],
  sentAt = new Date(),
}: SigningOptions & { id: string; body: string }): SignedEvent["headers"] {
  const timestamp = String(Math.floor(+sentAt / 1_000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
    return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
  });
  return {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatures.join(" "),
  };
}

/** `evt_` and a UUIDv7 (RFC 9562), as the gateway makes them. */
function createEventId(): string {
  const time = Date.now().toString(16).padStart(12, "0");
  return `evt_${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

function merge(sample: unknown, override: unknown): unknown {
  if (override === undefined) return sample;
  if (!isObject(sample) || !isObject(override)) return override;
  const names = new Set([...Object.keys(sample), ...Object.keys(override)]);
  return Object.fromEntries([...names].map((name) => [name, merge(sample[name], override[name])]));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
