import { type ErrorCode, PasserbyError } from "../errors.ts";
import type { Counter, Limits } from "./limits.ts";

const isWrong = (error: unknown, wrong: readonly ErrorCode[]): boolean =>
  error instanceof PasserbyError && wrong.includes(error.code);

/**
 * Runs an attempt that could be a guess. A point of each limit is taken before and given back unless the guess was wrong,
 * so that a hundred wrong ones at the same moment are a hundred, and right ones cost nothing: those for which no point is
 * left wait for the ones under way.
 * @param options.wrong the codes of a wrong guess; whatever else is thrown does not count
 * @throws PasserbyError RATE_LIMITED, and what the attempt throws
 */
export async function countFailures<T>(
  { limits }: { limits: Limits },
  { counters, wrong }: { counters: readonly Counter[]; wrong: readonly ErrorCode[] },
  attempt: () => Promise<T>,
): Promise<T> {
  const hold = await limits.hold(counters);
  let wasWrong = false;
  try {
    return await attempt();
  } catch (error) {
    wasWrong = isWrong(error, wrong);
    throw error;
  } finally {
    await hold.settle(wasWrong ? "keep" : "give back");
  }
}

/**
 * The same for secrets that are too long to be guessed and cheap to check. The attempt comes first, so that a right one is
 * never limited, however many wrong ones came from the same address; what is limited is the refusals.
 * @throws PasserbyError RATE_LIMITED in place of what a wrong attempt throws, and what the attempt throws
 */
export async function countWrongSecrets<T>(
  { limits }: { limits: Limits },
  { counters, wrong }: { counters: readonly Counter[]; wrong: readonly ErrorCode[] },
  attempt: () => Promise<T>,
): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (isWrong(error, wrong)) for (const [name, key] of counters) await limits.consume(name, key);
    throw error;
  }
}
