import type { EntityManager } from "typeorm";
import { type Clock } from "../clock.ts";
import { select } from "../database/sql.ts";

/** How far deliveries are behind, for metrics. */
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
  const rows = await select<{ state: string; count: number | string; oldest: number | string }>(
    reads,
    "SELECT state, count(*) AS count, MIN(created_at) AS oldest FROM webhook_deliveries WHERE state IN ('PENDING', 'PARKED') AND position > 0 GROUP BY state",
  );
  const of = (state: string) => rows.find((row) => row.state === state);
  const pending = of("PENDING");
  return {
    pending: Number(pending?.count ?? 0),
    parked: Number(of("PARKED")?.count ?? 0),
    oldestSeconds: pending ? Math.max(0, +clock.now() - Number(pending.oldest)) / 1_000 : 0,
  };
}
