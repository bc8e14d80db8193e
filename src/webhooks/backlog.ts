import type { EntityManager } from "typeorm";
import type { Clock } from "../clock.ts";
import { countRows, select } from "../database/sql.ts";

/** How far deliveries are behind, for metrics. Counts are at most MAX_COUNTED. */
export interface Backlog {
  readonly pending: number;
  readonly parked: number;
  /** The age of the oldest pending delivery; 0 without one. */
  readonly oldestSeconds: number;
}

export async function readBacklog({
  reads,
  clock,
}: {
  reads: EntityManager;
  clock: Clock;
}): Promise<Backlog> {
  // Ids are in the order of creation. With `=`, PostgreSQL might look for the first pending one among all that were delivered.
  const [oldest] = await select<{ created_at: number | string }>(
    reads,
    "SELECT created_at FROM webhook_deliveries WHERE state >= 'PENDING' AND state <= 'PENDING' ORDER BY state, id LIMIT 1",
  );
  return {
    pending: await countRows(reads, "FROM webhook_deliveries WHERE state = 'PENDING'", []),
    // Without those of tests, which are attempted once.
    parked: await countRows(reads, "FROM webhook_deliveries WHERE state = 'PARKED' AND position > 0", []),
    oldestSeconds: oldest ? Math.max(0, +clock.now() - Number(oldest.created_at)) / 1_000 : 0,
  };
}
