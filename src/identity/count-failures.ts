import { type ErrorCode, PasserbyError } from "../errors.ts";
import type { LimitName, Limits } from "../limits.ts";

/**
 * Runs what somebody may guess at. A point of each limit is taken before and given back unless the guess was wrong, so that a
 * hundred wrong ones at the same moment are a hundred, and right ones cost nothing.
 * @param options.wrong the codes that say so; whatever else is thrown does not count
 * @throws PasserbyError RATE_LIMITED, and what the attempt throws
 */
export async function countFailures<T>(
  { limits }: { limits: Limits },
  { limit, wrong }: { limit: Partial<Record<LimitName, string>>; wrong: readonly ErrorCode[] },
  attempt: () => Promise<T>,
): Promise<T> {
  const counters = Object.entries(limit) as [LimitName, string][];
  const taken: [LimitName, string][] = [];
  let wasWrong = false;
  try {
    for (const [name, key] of counters) {
      await limits.consume(name, key);
      taken.push([name, key]);
    }
    return await attempt();
  } catch (error) {
    wasWrong = error instanceof PasserbyError && wrong.includes(error.code);
    throw error;
  } finally {
    if (!wasWrong) for (const [name, key] of taken) await limits.giveBack(name, key);
  }
}
