import { setImmediate as nextTurn } from "node:timers/promises";
import { type Clock, DAY_SECONDS, secondsAfter } from "../clock.ts";
import { execute } from "../database/sql.ts";
import type { Writes } from "../database/writes.ts";
import { leastId } from "../ids.ts";

const BATCH = 500;

/**
 * Deletes events older than `days`, with their deliveries. The notice of an expiry stays until it: it is what keeps the user
 * from getting another one.
 * @returns how many events
 */
export async function purgeEvents(
  { writes, clock }: { writes: Writes; clock: Clock },
  days: number,
): Promise<number> {
  const before = `evt_${leastId(secondsAfter(clock.now(), -days * DAY_SECONDS))}`;
  for (let purged = 0; ; ) {
    const count = await writes.transaction((manager) =>
      execute(
        manager,
        `DELETE FROM events WHERE id IN (
           SELECT id FROM events WHERE id < ? AND NOT (type = 'user.expiring'
             AND EXISTS (SELECT 1 FROM users WHERE users.id = events.user_id AND users.is_anonymous))
           ORDER BY id LIMIT ${BATCH})`,
        [before],
      ),
    );
    purged += count;
    if (count < BATCH) return purged;
    await nextTurn();
  }
}
