/** Retries what a page needs initially: it renders at once, and is completed when the gateway responds. */
import { GatewayError } from "./gateway.ts";

const MAX_PAUSE_SECONDS = 30;

/**
 * Retries on network errors after 1, 2, 4 … 30 seconds, and at once when the browser is online again.
 * @throws GatewayError when the response is an error
 */
export async function retryOnNetworkError<Result>(act: () => Promise<Result>): Promise<Result> {
  for (let seconds = 1; ; seconds = Math.min(seconds * 2, MAX_PAUSE_SECONDS)) {
    try {
      return await act();
    } catch (error) {
      if (error instanceof GatewayError && error.code !== "SERVICE_UNAVAILABLE") throw error;
    }
    await pause(seconds);
  }
}

const pause = (seconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, seconds * 1_000);
    addEventListener("online", () => resolve(), { once: true });
  });
