/** Ids that sort by their time of creation: UUIDv7 (RFC 9562 §5.7). */
import { randomFillSync } from "node:crypto";
import { v7 as uuidv7 } from "uuid";

const RANDOM_BYTES = 16;
/** Random bytes are read from the system in bulk, because that call is the most expensive part of an id. */
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

let last = { msecs: 0, sequence: 0 };

/** The same, and of this process each sorts after the one before, within a millisecond too. */
export function createOrderedId(now: Date): string {
  const msecs = now.getTime();
  last = { msecs, sequence: msecs === last.msecs ? last.sequence + 1 : 0 };
  return uuidv7({ msecs, seq: last.sequence });
}

/** The id that every UUIDv7 of that millisecond or later is at least as great as. */
export function leastId(time: Date): string {
  const hex = Math.max(0, time.getTime()).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-0000-0000-000000000000`;
}
