import { type ErrorCode, PasserbyError } from "../errors.ts";
import type { Counter, Limits } from "./limits.ts";

const isWrong = (error: unknown, wrong: readonly ErrorCode[]): boolean =>
  error instanceof PasserbyError && wrong.includes(error.code);

/**
 * Runs an attempt that may be a guess. A point of each limit is consumed before and returned unless the attempt failed,
 * so that concurrent wrong attempts are all counted, and successful ones cost nothing. Attempts without a point wait for
 * running ones.
 * @param options.wrong the error codes of a wrong guess; other errors do not count
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
 * The same for secrets that are too long to guess and cheap to verify. The attempt comes first, so that a valid secret is
 * never limited, however many wrong ones came from the same address.
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
