/** Whether requests need the time of this process, so that work which can wait leaves it to them. */
import { performance } from "node:perf_hooks";

export interface RequestLoad {
  /** A request has arrived. */
  count(): void;
  /** How many have, since the start. */
  requests(): number;
  /** Whether the process was busy in the last moments, with more than a few requests. */
  isHigh(): boolean;
}

/** How often it is measured. */
const WINDOW_MS = 100;
/** The share of the time in which the event loop was not idle. */
const BUSY = 0.6;
/** As many are answered in time beside any other work. */
const FEW_A_SECOND = 50;

/** @param measure for how long the event loop was active and idle so far, in milliseconds; for tests */
export function createRequestLoad(
  measure: () => { active: number; idle: number } = () => performance.eventLoopUtilization(),
): RequestLoad {
  let requests = 0;
  let last = { ...measure(), requests };
  let isHigh = false;
  return {
    count() {
      requests += 1;
    },
    requests: () => requests,
    isHigh() {
      const { active, idle } = measure();
      const activeMs = active - last.active;
      const ms = activeMs + idle - last.idle;
      if (ms < WINDOW_MS) return isHigh;
      isHigh = activeMs / ms >= BUSY && requests - last.requests > (FEW_A_SECOND * ms) / 1_000;
      last = { active, idle, requests };
      return isHigh;
    },
  };
}
