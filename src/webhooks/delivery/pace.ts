/** While requests need the time of a gateway, its deliveries wait: people wait for answers, events can come later. */
import type { RequestLoad } from "../../request-load.ts";

/** For one attempt, of all endpoints together. */
const REQUESTS = 20;
/** An attempt starts after this time, however few requests were answered. */
const LONGEST_MS = 100;
/** How often that is checked. */
const CHECK_MS = 10;

export interface Pace {
  /** How long to wait before asking again, in milliseconds; 0: an attempt may start. */
  waitMs(): number;
  /** An attempt was started. */
  started(): void;
}

export function createPace({
  load,
  now = () => performance.now(),
}: {
  load: Pick<RequestLoad, "isHigh" | "requests">;
  /** For tests. */
  now?: () => number;
}): Pace {
  let last = { at: Number.NEGATIVE_INFINITY, requests: 0 };
  return {
    waitMs() {
      if (!load.isHigh()) return 0;
      const isTurn = load.requests() - last.requests >= REQUESTS || now() - last.at >= LONGEST_MS;
      return isTurn ? 0 : CHECK_MS;
    },
    started() {
      last = { at: now(), requests: load.requests() };
    },
  };
}
