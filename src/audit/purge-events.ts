import { setImmediate as nextTurn } from "node:timers/promises";
import { type Clock, DAY_SECONDS, secondsAfter } from "../clock.ts";
import { execute } from "../database/sql.ts";
import type { Writes } from "../database/writes.ts";
import { leastId } from "../ids.ts";

const BATCH = 500;

/** Deletes audit events older than `days`; nothing else deletes any. @returns how many */
export async function purgeAuditEvents(
  { writes, clock }: { writes: Writes; clock: Clock },
  days: number,
): Promise<number> {
  const before = leastId(secondsAfter(clock.now(), -days * DAY_SECONDS));
  for (let purged = 0; ; ) {
    const count = await writes.transaction((manager) =>
      execute(
        manager,
        `DELETE FROM audit_events WHERE id IN (SELECT id FROM audit_events WHERE id < ? ORDER BY id LIMIT ${BATCH})`,
        [before],
      ),
    );
    purged += count;
    if (count < BATCH) return purged;
    await nextTurn();
  }
}
