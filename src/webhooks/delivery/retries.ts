/** When a failed delivery is tried again. */
import { secondsAfter } from "../../clock.ts";
import type { WebhookDelivery } from "../../entities/webhook-delivery.ts";

const PAUSES_SECONDS = [5, 30, 120, 600, 1_800];
const LONGEST_PAUSE_SECONDS = 3_600;

/** The pause after that many attempts: five seconds after the first, an hour after the sixth and later ones. */
export const pauseSeconds = (attempts: number): number =>
  PAUSES_SECONDS[attempts - 1] ?? LONGEST_PAUSE_SECONDS;

/** What becomes of a delivery after a failed attempt. */
export function decideRetry(
  { attempts, givesUpAt }: Pick<WebhookDelivery, "attempts" | "givesUpAt">,
  now: Date,
): Pick<WebhookDelivery, "state" | "nextAttemptAt"> {
  if (now >= givesUpAt) return { state: "PARKED", nextAttemptAt: now };
  return { state: "PENDING", nextAttemptAt: secondsAfter(now, pauseSeconds(attempts)) };
}
