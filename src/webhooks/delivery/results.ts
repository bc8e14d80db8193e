/** Stores what came of attempts: many in one transaction. */
import type { EntityManager } from "typeorm";
import { execute } from "../../database/sql.ts";
import { updateRows } from "../../database/update-rows.ts";
import { WebhookDelivery } from "../../entities/webhook-delivery.ts";
import { type EventType, purgeTypes } from "../../events/event-types.ts";
import { readReceipt } from "../receipts.ts";
import type { DueDelivery } from "./due-deliveries.ts";
import { decideRetry } from "./retries.ts";
import type { Attempt } from "./sender.ts";

export interface Result {
  readonly delivery: DueDelivery;
  readonly attempt: Attempt;
}

type Outcome = Pick<
  WebhookDelivery,
  | "id"
  | "state"
  | "attempts"
  | "nextAttemptAt"
  | "lastAttemptAt"
  | "lastStatus"
  | "lastError"
  | "lastAnswer"
  | "deliveredAt"
>;

const columns = [
  "state",
  "attempts",
  "nextAttemptAt",
  "lastAttemptAt",
  "lastStatus",
  "lastError",
  "lastAnswer",
  "deliveredAt",
] as const;

/** What a delivery is after an attempt. */
export function outcomeOf({ delivery, attempt }: Result, now: Date): Outcome {
  const attempts = delivery.attempts + 1;
  const isDelivered = attempt.error === null;
  const next = isDelivered
    ? { state: "DELIVERED" as const, nextAttemptAt: now }
    : decideRetry({ attempts, givesUpAt: delivery.givesUpAt }, now);
  return {
    ...next,
    id: delivery.id,
    attempts,
    lastAttemptAt: attempt.at,
    lastStatus: attempt.status,
    lastError: attempt.error,
    lastAnswer: attempt.answer,
    deliveredAt: isDelivered ? now : null,
  };
}

/** In one transaction. @param results of one endpoint, oldest first */
export async function storeResults(
  manager: EntityManager,
  { endpointId, results, now }: { endpointId: string; results: readonly Result[]; now: Date },
): Promise<void> {
  const rows = results.map((result) => outcomeOf(result, now));
  await updateRows(manager, { entity: WebhookDelivery, columns, rows });
  for (const result of results) {
    if (result.attempt.error === null) await storeReceipt(manager, { endpointId, result, now });
  }
  await storeHealth(manager, { endpointId, results, now });
}

/** Where the endpoint owes a receipt for the event, it gave it just now. */
async function storeReceipt(
  manager: EntityManager,
  { endpointId, result, now }: { endpointId: string; result: Result; now: Date },
): Promise<void> {
  const { delivery, attempt } = result;
  if (!purgeTypes.has(delivery.message.type as EventType)) return;
  await execute(
    manager,
    "UPDATE purge_receipts SET received_at = ?, receipt = ? WHERE event_id = ? AND endpoint_id = ? AND received_at IS NULL",
    [+now, readReceipt(attempt.bytes), delivery.eventId, endpointId],
  );
}

/** How exactly it is known when an endpoint last succeeded. */
const HEALTH_MS = 1_000;

/** Stores when an endpoint last succeeded, and since when and why it fails. */
export async function storeHealth(
  manager: EntityManager,
  {
    endpointId,
    results,
    now,
  }: { endpointId: string; results: readonly Pick<Result, "attempt">[]; now: Date },
): Promise<void> {
  const errors = results.map(({ attempt }) => attempt.error);
  if (errors.includes(null)) {
    await execute(
      manager,
      "UPDATE webhook_endpoints SET last_delivered_at = ? WHERE id = ? AND (last_delivered_at IS NULL OR last_delivered_at <= ?)",
      [+now, endpointId, +now - HEALTH_MS],
    );
  }
  const lastError = errors.at(-1) ?? null;
  if (lastError === null) {
    await execute(
      manager,
      "UPDATE webhook_endpoints SET failing_since = NULL, last_error = NULL WHERE id = ? AND failing_since IS NOT NULL",
      [endpointId],
    );
  } else {
    await execute(
      manager,
      "UPDATE webhook_endpoints SET failing_since = coalesce(failing_since, ?), last_error = ? WHERE id = ? AND (last_error IS NULL OR last_error <> ?)",
      [+now, lastError, endpointId, lastError],
    );
  }
}
