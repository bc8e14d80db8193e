import type { Database } from "./database.ts";
import { execute } from "./sql.ts";

const TRIAL_BYTES = 65_536;

/**
 * Whether the database accepts writes. After a failed write it tries another one every few seconds, so that a gateway
 * without requests recovers too.
 */
export async function canWrite({
  writes,
  writeHealth,
}: Pick<Database, "writes" | "writeHealth">): Promise<boolean> {
  if (writeHealth.isTrialDue()) {
    // Needs more disk space than the write that failed, and leaves no row.
    const row = ["write-check", "x".repeat(TRIAL_BYTES)];
    await writes
      .transaction(async (manager) => {
        await execute(manager, "INSERT INTO job_leases (name, owner, leased_until) VALUES (?, ?, 0)", row);
        await execute(manager, "DELETE FROM job_leases WHERE name = ? AND owner = ?", row);
      })
      .then(writeHealth.trialWorked, () => {});
  }
  return !writeHealth.isFailing();
}
