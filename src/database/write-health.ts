/** Whether the database takes writes, as far as the last one told. A full or failing disk answers reads as ever. */
import { isUnwritable } from "./failures.ts";

export interface WriteHealth {
  failed(error: unknown): void;
  /** A write that takes more room than others; small ones may find some where a login does not. */
  trialWorked(): void;
  isFailing(): boolean;
  /** @returns whether it is time to find out if writes work again; the asker does so */
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
