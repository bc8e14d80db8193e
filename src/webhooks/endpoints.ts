/** Endpoints: the URLs that events are delivered to, managed by operators. */
import type { EntityManager } from "typeorm";
import { secondsAfter } from "../clock.ts";
import { insertRows } from "../database/insert-rows.ts";
import { countRows, execute, lockRows, lockTable } from "../database/sql.ts";
import type { Writes } from "../database/writes.ts";
import { WebhookEndpoint } from "../entities/webhook-endpoint.ts";
import { PasserbyError } from "../errors.ts";
import type { SequencedEventLog } from "../events/event-log.ts";
import { eventTypes } from "../events/event-types.ts";
import {
  webhookEndpointCreated,
  webhookEndpointDeleted,
  webhookEndpointUpdated,
  webhookSecretRotated,
} from "../events/operator-events.ts";
import { type EventServices, recordEvents } from "../events/record-events.ts";
import { createOrderedId } from "../ids.ts";
import { isAllowedAddress, type PrivateAddresses } from "../network/outgoing-request.ts";
import type { RequestContext } from "../request-context.ts";
import { parseUrl } from "../text/parse-url.ts";
import { isStorable } from "../text/storable-text.ts";
import { makeAllDue } from "./delivery/due-deliveries.ts";
import { OVERLAP_HOURS } from "./secrets.ts";
import type { Webhooks } from "./webhooks.ts";

const MAX_ENDPOINTS = 50;
const MAX_DESCRIPTION = 200;
const MAX_URL = 2_000;

export interface EndpointServices extends EventServices {
  readonly reads: EntityManager;
  readonly writes: Writes;
  readonly eventLog: SequencedEventLog;
  readonly webhooks: Webhooks;
}

/** What an operator decides. */
export interface EndpointInput {
  readonly url: string;
  /** The event types that it takes; null for all. */
  readonly types: readonly string[] | null;
  readonly requiresReceipt: boolean;
  readonly description: string | null;
}

export interface CreatedEndpoint {
  readonly endpoint: WebhookEndpoint;
  /** Shown once. */
  readonly secret: string;
}

/** Oldest first. */
export const listEndpoints = (reads: EntityManager): Promise<WebhookEndpoint[]> =>
  reads.find(WebhookEndpoint, { order: { id: "ASC" } });

/** @throws PasserbyError BAD_USER_INPUT */
export async function createEndpoint(
  services: EndpointServices,
  context: RequestContext,
  input: EndpointInput,
): Promise<CreatedEndpoint> {
  const { writes, clock, webhooks, eventLog } = services;
  const checked = checkInput(input, webhooks.privateAddresses);
  const now = clock.now();
  const id = createOrderedId(now);
  const { secret, secretEncrypted } = webhooks.secrets.create(id);
  const endpoint = Object.assign(new WebhookEndpoint(), {
    id,
    ...checked,
    secretEncrypted,
    previousSecretEncrypted: null,
    previousSecretUntil: null,
    createdAt: now,
    disabledAt: null,
    failingSince: null,
    lastError: null,
    lastDeliveredAt: null,
  });
  // It gets what happens from now on, and nothing that is still waiting for its position.
  await eventLog.sequence();
  await writes.transaction(async (manager) => {
    await lockTable(manager, "webhook_endpoints");
    if ((await manager.count(WebhookEndpoint)) >= MAX_ENDPOINTS) {
      throw badInput(
        `There are ${MAX_ENDPOINTS} webhook endpoints already, which is the maximum. Delete one that is not in use.`,
      );
    }
    await insertRows(manager, { entity: WebhookEndpoint, rows: [endpoint] });
    await recordEvents(manager, services, context, webhookEndpointCreated(endpoint));
  });
  await eventLog.refresh();
  return { endpoint, secret };
}

/**
 * Changes what is given. After a new URL, and when it is enabled again, all pending deliveries are attempted at once.
 * @throws PasserbyError WEBHOOK_ENDPOINT_NOT_FOUND, BAD_USER_INPUT
 */
export async function updateEndpoint(
  services: EndpointServices,
  context: RequestContext,
  { id, disabled, ...input }: { id: string; disabled?: boolean } & Partial<EndpointInput>,
): Promise<WebhookEndpoint> {
  const { writes, clock, webhooks, eventLog } = services;
  const now = clock.now();
  const { before, after } = await writes.transaction(async (manager) => {
    const before = await lockEndpoint(manager, id);
    const changes = {
      ...checkInput({ ...before, ...input }, webhooks.privateAddresses),
      disabledAt: (disabled ?? before.disabledAt !== null) ? (before.disabledAt ?? now) : null,
    };
    await manager.update(WebhookEndpoint, { id }, changes);
    const after = Object.assign(new WebhookEndpoint(), before, changes);
    await recordEvents(manager, services, context, webhookEndpointUpdated(before, after));
    return { before, after };
  });
  await eventLog.refresh();
  const isEnabledAgain = before.disabledAt !== null && after.disabledAt === null;
  if (before.url !== after.url || isEnabledAgain) await makeAllDue(writes, id, now);
  eventLog.prompt();
  return after;
}

/**
 * Makes a new secret. For a day, deliveries are signed with the former one too.
 * @throws PasserbyError WEBHOOK_ENDPOINT_NOT_FOUND
 */
export async function rotateSecret(
  services: EndpointServices,
  context: RequestContext,
  id: string,
): Promise<CreatedEndpoint> {
  const { writes, clock, webhooks } = services;
  const { secret, secretEncrypted } = webhooks.secrets.create(id);
  const endpoint = await writes.transaction(async (manager) => {
    const before = await lockEndpoint(manager, id);
    const changes = {
      secretEncrypted,
      previousSecretEncrypted: before.secretEncrypted,
      previousSecretUntil: secondsAfter(clock.now(), OVERLAP_HOURS * 3_600),
    };
    await manager.update(WebhookEndpoint, { id }, changes);
    await recordEvents(manager, services, context, webhookSecretRotated(id));
    return Object.assign(new WebhookEndpoint(), before, changes);
  });
  return { endpoint, secret };
}

/**
 * Deletes an endpoint with its deliveries. Receipts that it owes stay outstanding.
 * @throws PasserbyError WEBHOOK_ENDPOINT_NOT_FOUND
 */
export async function deleteEndpoint(
  services: EndpointServices,
  context: RequestContext,
  id: string,
): Promise<void> {
  const { reads, writes, eventLog } = services;
  await getEndpoint(reads, id);
  await deleteDeliveries(writes, id);
  await writes.transaction(async (manager) => {
    const { url } = await lockEndpoint(manager, id);
    await manager.delete(WebhookEndpoint, { id });
    await recordEvents(manager, services, context, webhookEndpointDeleted({ id, url }));
  });
  await eventLog.refresh();
}

const BATCH = 500;

/** In batches, because the cascade could delete millions in one statement. */
async function deleteDeliveries(writes: Writes, endpointId: string): Promise<void> {
  const sql = `DELETE FROM webhook_deliveries WHERE id IN (SELECT id FROM webhook_deliveries WHERE endpoint_id = ? LIMIT ${BATCH})`;
  while ((await writes.transaction((manager) => execute(manager, sql, [endpointId]))) === BATCH);
}

/** @throws PasserbyError WEBHOOK_ENDPOINT_NOT_FOUND */
export async function getEndpoint(reads: EntityManager, id: string): Promise<WebhookEndpoint> {
  const endpoint = await reads.findOneBy(WebhookEndpoint, { id });
  if (!endpoint) throw new PasserbyError("WEBHOOK_ENDPOINT_NOT_FOUND");
  return endpoint;
}

async function lockEndpoint(manager: EntityManager, id: string): Promise<WebhookEndpoint> {
  await lockRows(manager, "webhook_endpoints", [id]);
  return getEndpoint(manager, id);
}

/** How many deliveries of an endpoint wait, or were given up; at most MAX_COUNTED. Those of tests are not counted. */
export const countDeliveries = (
  reads: EntityManager,
  endpointId: string,
  state: "PENDING" | "PARKED",
): Promise<number> =>
  countRows(reads, "FROM webhook_deliveries WHERE endpoint_id = ? AND state = ? AND position > 0", [
    endpointId,
    state,
  ]);

const badInput = (message: string): PasserbyError => new PasserbyError("BAD_USER_INPUT", { message });

function checkInput(
  { url, types, requiresReceipt, description }: EndpointInput,
  privateAddresses: PrivateAddresses,
): Pick<WebhookEndpoint, "url" | "types" | "requiresReceipt" | "description"> {
  return {
    url: checkUrl(url, privateAddresses),
    types: checkTypes(types),
    requiresReceipt,
    description: checkDescription(description),
  };
}

function checkUrl(text: string, privateAddresses: PrivateAddresses): string {
  const url = parseUrl(text);
  if (!url || !/^https?:$/.test(url.protocol) || text.length > MAX_URL || !isStorable(text)) {
    throw badInput(
      `\`url\` must be an https or http URL of at most ${MAX_URL} characters, such as https://notes.example.com/webhooks.`,
    );
  }
  if (url.username || url.password) {
    throw badInput(
      "`url` must not have a user name or password. Verify the signature of deliveries instead.",
    );
  }
  url.hash = "";
  const address = literalAddress(url);
  if (address !== null && !isAllowedAddress(address, privateAddresses)) {
    throw badInput(
      `\`url\` has a private address (${address}). Use a public one, or allow it with the setting WEBHOOK_PRIVATE_ADDRESSES.`,
    );
  }
  return url.href;
}

/** The address of a URL that needs no lookup; null for a name. Names are looked up, and checked, at every delivery. */
function literalAddress({ hostname }: URL): string | null {
  if (/^(.+\.)?localhost\.?$/.test(hostname)) return "127.0.0.1";
  if (hostname.startsWith("[")) return hostname.slice(1, -1);
  return /^[\d.]+$/.test(hostname) ? hostname : null;
}

/** @throws PasserbyError BAD_USER_INPUT, naming all types when one is unknown */
export function checkTypes(types: readonly string[] | null): string[] | null {
  if (types === null) return null;
  if (types.length === 0) throw badInput("`types` must name an event type. Leave it out to take all.");
  const unknown = types.find((type) => !Object.hasOwn(eventTypes, type));
  if (unknown !== undefined) {
    const known = Object.keys(eventTypes).join(", ");
    throw badInput(
      `There is no event type ${JSON.stringify(unknown.slice(0, 100))}. The types are ${known}.`,
    );
  }
  return [...new Set(types)];
}

function checkDescription(description: string | null): string | null {
  const text = description?.trim() ?? "";
  if (text.length > MAX_DESCRIPTION || !isStorable(text)) {
    throw badInput(
      `\`description\` may have at most ${MAX_DESCRIPTION} characters, and no control character NUL.`,
    );
  }
  return text || null;
}
