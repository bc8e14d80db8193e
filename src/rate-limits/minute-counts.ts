/** How often something happened for a key within the last minute, in bounded memory. */

/** The count of one key. Time is passed in, in milliseconds. */
export interface MinuteCount {
  /** What happened in the last 50 to 60 seconds: never more than within a minute. */
  read(now: number): number;
  add(now: number): void;
}

export interface MinuteCounts {
  of(key: string): MinuteCount;
}

const SLOTS = 6;
const SLOT_MS = 10_000;

/** On the path of every anonymous login, so the sum is kept. */
class SlottedCount implements MinuteCount {
  private readonly slots = [0, 0, 0, 0, 0, 0];
  private sum = 0;
  private current = 0;

  read(now: number): number {
    this.moveTo(now);
    return this.sum;
  }

  add(now: number): void {
    this.moveTo(now);
    const slot = this.current % SLOTS;
    this.slots[slot] = (this.slots[slot] ?? 0) + 1;
    this.sum += 1;
  }

  /** A clock that was set back counts in the newest slot. */
  private moveTo(now: number): void {
    const slot = Math.floor(now / SLOT_MS);
    if (slot <= this.current) return;
    if (this.sum > 0) {
      for (let passed = Math.max(this.current, slot - SLOTS) + 1; passed <= slot; passed++) {
        this.sum -= this.slots[passed % SLOTS] ?? 0;
        this.slots[passed % SLOTS] = 0;
      }
    }
    this.current = slot;
  }
}

export const createMinuteCount = (): MinuteCount => new SlottedCount();

/** Keys of one generation: with two generations at most 4 MB. */
const MAX_KEYS = 8_192;

/**
 * Counts of this process. When a generation of keys is full, those that were not used since the one before are
 * forgotten: many keys of an attacker cost the memory of two generations, and do not displace a key that is busy.
 */
export function createMinuteCounts(maxKeys = MAX_KEYS): MinuteCounts {
  let recent = new Map<string, MinuteCount>();
  let older = new Map<string, MinuteCount>();
  return {
    of(key) {
      let count = recent.get(key);
      if (count) return count;
      count = older.get(key) ?? createMinuteCount();
      if (recent.size >= maxKeys) {
        older = recent;
        recent = new Map();
      }
      recent.set(key, count);
      return count;
    },
  };
}
