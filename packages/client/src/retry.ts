/** Repeats what got no answer: a page renders at once, and is completed when the gateway responds. */
import { isUnanswered } from "./errors.ts";

const MAX_PAUSE_SECONDS = 30;

/** The parts of a page that tell that another attempt may succeed. */
const WAKING = [
  ["online", globalThis],
  ["visibilitychange", globalThis.document],
] as const;

/**
 * Repeats `act` after 1, 2, 4 … 30 seconds while there is no answer, and at once when the browser is online again or the tab
 * is shown.
 * @param onAttempt told whether each attempt was answered
 * @throws the error of an answer; the last error when `signal` is aborted
 */
export async function retryUnanswered<Result>(
  act: () => Promise<Result>,
  onAttempt: (isAnswered: boolean) => void = () => {},
  signal?: AbortSignal,
): Promise<Result> {
  for (let seconds = 1; ; seconds = Math.min(seconds * 2, MAX_PAUSE_SECONDS)) {
    try {
      const result = await act();
      onAttempt(true);
      return result;
    } catch (error) {
      onAttempt(!isUnanswered(error));
      if (!isUnanswered(error) || signal?.aborted) throw error;
      await pause(error.retryAfterSeconds ?? seconds, signal);
      if (signal?.aborted) throw error;
    }
  }
}

const pause = (seconds: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      for (const [event, target] of WAKING) target?.removeEventListener?.(event, end);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, seconds * 1_000);
    // A program that has nothing else to do ends.
    (timer as { unref?: () => void }).unref?.();
    for (const [event, target] of WAKING) target?.addEventListener?.(event, end);
    signal?.addEventListener("abort", end);
  });
