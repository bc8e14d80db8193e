/** Which deliveries of an endpoint may be attempted now. */
import type { EntityManager } from "typeorm";
import { execute, select } from "../database/sql.ts";
import type { Writes } from "../database/writes.ts";
import type { Message } from "./message.ts";

/** A delivery that may be attempted, with its event. */
export interface DueDelivery {
  readonly id: string;
  readonly eventId: string;
  readonly attempts: number;
  readonly givesUpAt: Date;
  readonly message: Message;
}

/** Read at once: deliveries wait in the database, of which there may be millions, and not in memory. */
export const PAGE = 256;

const EARLIEST_OF = (user: string): string =>
  `(SELECT MIN(e.position) FROM webhook_deliveries e WHERE e.user_id = ${user} AND e.endpoint_id = d.endpoint_id AND e.state = 'PENDING')`;

/**
 * The oldest due deliveries. Of each user only the earliest pending one, whether it is due or not: later ones wait for it. A
 * merge is an event of both users, so it waits for those of both, and those of both wait for it.
 *
 * Scalar subqueries, because PostgreSQL would turn NOT EXISTS into a join with all that is pending.
 */
export async function listDue(reads: EntityManager, endpointId: string, now: Date): Promise<DueDelivery[]> {
  const rows = await select<DueRow>(
    reads,
    `SELECT d.id, d.event_id, d.attempts, d.gives_up_at, v.type, v.at, v.data
     FROM webhook_deliveries d JOIN events v ON v.id = d.event_id
     WHERE d.endpoint_id = ? AND d.state = 'PENDING' AND d.next_attempt_at <= ?
       AND d.position = ${EARLIEST_OF("d.user_id")}
       AND d.position <= COALESCE((SELECT MIN(m.position) FROM webhook_deliveries m WHERE m.former_user_id = d.user_id
             AND m.endpoint_id = d.endpoint_id AND m.state = 'PENDING'), d.position)
       AND (d.former_user_id IS NULL OR d.position <= COALESCE(${EARLIEST_OF("d.former_user_id")}, d.position))
     ORDER BY d.next_attempt_at, d.position LIMIT ${PAGE}`,
    [endpointId, +now],
  );
  return rows.map((row) => ({
    id: row.id,
    eventId: row.event_id,
    attempts: row.attempts,
    givesUpAt: new Date(Number(row.gives_up_at)),
    message: {
      id: row.event_id,
      type: row.type,
      at: new Date(Number(row.at)),
      data: JSON.parse(row.data) as Message["data"],
    },
  }));
}

interface DueRow {
  readonly id: string;
  readonly event_id: string;
  readonly attempts: number;
  readonly gives_up_at: number | string;
  readonly type: string;
  readonly at: number | string;
  readonly data: string;
}

/** The enabled endpoints for which a delivery is due. */
export async function listDueEndpointIds(reads: EntityManager, now: Date): Promise<Set<string>> {
  const rows = await select<{ id: string }>(
    reads,
    `SELECT id FROM webhook_endpoints WHERE disabled_at IS NULL AND EXISTS (
       SELECT 1 FROM webhook_deliveries d WHERE d.endpoint_id = webhook_endpoints.id AND d.state = 'PENDING' AND d.next_attempt_at <= ?)`,
    [+now],
  );
  return new Set(rows.map(({ id }) => id));
}

const BATCH = 500;

/** Makes all pending deliveries of an endpoint due, those that waited longest first. */
export async function makeAllDue(writes: Writes, endpointId: string, now: Date): Promise<void> {
  for (;;) {
    const count = await writes.transaction((manager) =>
      execute(
        manager,
        `UPDATE webhook_deliveries SET next_attempt_at = created_at WHERE id IN (
           SELECT id FROM webhook_deliveries WHERE endpoint_id = ? AND state = 'PENDING' AND next_attempt_at > ? LIMIT ${BATCH})`,
        [endpointId, +now],
      ),
    );
    if (count < BATCH) return;
  }
}
