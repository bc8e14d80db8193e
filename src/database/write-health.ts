/** Whether the last write succeeded. With a full or failing disk reads still work. */
import { isUnwritable } from "./failures.ts";

export interface WriteHealth {
  failed(error: unknown): void;
  /** A write larger than a login succeeded. A small one could succeed on a disk that is too full for logins. */
  trialWorked(): void;
  isFailing(): boolean;
  /** Whether the caller must try a write now. */
  isTrialDue(): boolean;
}

const TRIAL_MS = 3_000;

export function createWriteHealth(): WriteHealth {
  let isFailing = false;
  let triedAt = 0;
  return {
    failed(error) {
      if (!isUnwritable(error)) return;
      isFailing = true;
      triedAt = performance.now();
    },
    trialWorked() {
      isFailing = false;
    },
    isFailing: () => isFailing,
    isTrialDue() {
      if (!isFailing || performance.now() - triedAt < TRIAL_MS) return false;
      triedAt = performance.now();
      return true;
    },
  };
}
