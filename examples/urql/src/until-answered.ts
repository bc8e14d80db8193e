/** For what a page needs at its start: it is drawn at once, and completes itself when the gateway answers. */
import { Refusal } from "./gateway.ts";

const MAX_PAUSE_SECONDS = 30;

/**
 * Repeats what got no answer: after 1, 2, 4 … 30 seconds, and at once when the browser is online again.
 * @throws Refusal as soon as the gateway refuses
 */
export async function untilAnswered<Result>(act: () => Promise<Result>): Promise<Result> {
  for (let seconds = 1; ; seconds = Math.min(seconds * 2, MAX_PAUSE_SECONDS)) {
    try {
      return await act();
    } catch (error) {
      if (error instanceof Refusal && error.code !== "SERVICE_UNAVAILABLE") throw error;
    }
    await pause(seconds);
  }
}

const pause = (seconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, seconds * 1_000);
    addEventListener("online", () => resolve(), { once: true });
  });
