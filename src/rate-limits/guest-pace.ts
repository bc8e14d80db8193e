/** How fast guests are created, by network and in total, as the level of the proof of work that is due for the next one. */
import type { LimitKey } from "./limits.ts";
import {
  createMinuteCount,
  createMinuteCounts,
  type MinuteCount,
  type MinuteCounts,
} from "./minute-counts.ts";

export interface GuestPace {
  /** 0: no proof is due. Each level is twice the work of the one before. */
  levelOf(key: LimitKey, now: number): number;
  /** Counts a guest if no proof is due for it. @returns whether none is */
  admit(key: LimitKey, now: number): boolean;
  /** Counts a guest that has a proof. */
  count(key: LimitKey, now: number): void;
  /** How many guests are usual in a minute; 0 until it is known. */
  setUsual(guestsPerMinute: number): void;
}

/** Guests per minute without a proof. A network: a school class that starts at once. A site (IPv6 /48): five of them. */
const [NETWORK_GUESTS, SITE_GUESTS] = [30, 150];
/** In total: this many, or this many times the usual number. */
const [ALL_GUESTS, TIMES_USUAL] = [250, 5];

/** 64 times the work of the first level. */
export const MAX_LEVEL = 7;

/** 1 from `free` guests on, and one more each time they double. */
const levelAt = (guests: number, free: number): number => Math.min(MAX_LEVEL, 32 - Math.clz32(guests / free));

/** @param counts of networks; of this process, or shared */
export function createGuestPace(counts: MinuteCounts = createMinuteCounts()): GuestPace {
  const all = createMinuteCount();
  let allFree = ALL_GUESTS;

  const siteOf = ({ site }: LimitKey): MinuteCount | null => (site === null ? null : counts.of(site));
  const levelIn = (network: MinuteCount, site: MinuteCount | null, now: number): number =>
    Math.max(
      levelAt(network.read(now), NETWORK_GUESTS),
      site === null ? 0 : levelAt(site.read(now), SITE_GUESTS),
    );
  /** @returns whether it was counted */
  const count = (key: LimitKey, now: number, maxLevel: number): boolean => {
    const [network, site] = [counts.of(networkOf(key)), siteOf(key)];
    const level = levelIn(network, site, now);
    if (Math.max(level, levelAt(all.read(now), allFree)) > maxLevel) return false;
    // Of a network that is too fast only its free guests count in total, so that others need no proof because of it.
    if (level === 0) all.add(now);
    network.add(now);
    site?.add(now);
    return true;
  };
  return {
    levelOf: (key, now) =>
      Math.max(levelIn(counts.of(networkOf(key)), siteOf(key), now), levelAt(all.read(now), allFree)),
    admit: (key, now) => count(key, now, 0),
    count: (key, now) => void count(key, now, MAX_LEVEL),
    setUsual(guestsPerMinute) {
      allFree = Math.max(ALL_GUESTS, TIMES_USUAL * guestsPerMinute);
    },
  };
}

/** The key of an IPv6 client is a /64 already; of an IPv4 address the /24 counts. */
function networkOf({ client, site }: LimitKey): string {
  const end = site === null ? client.lastIndexOf(".") : -1;
  return end === -1 ? client : client.slice(0, end);
}
