/** Ids that sort by the time they were made: UUIDv7, RFC 9562 §5.7. */
import { randomFillSync } from "node:crypto";
import { v7 as uuidv7 } from "uuid";

const RANDOM_BYTES = 16;
/** Asking the system for random bytes costs more than all the rest of an id, so it is asked for many at once. */
const pool = new Uint8Array(RANDOM_BYTES * 256);
let used = pool.length;

function takeRandom(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += RANDOM_BYTES;
  return pool.subarray(used - RANDOM_BYTES, used);
}

export const createId = (now: Date): string => uuidv7({ msecs: now.getTime(), random: takeRandom() });
