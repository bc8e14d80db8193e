import type { Database } from "./database.ts";
import { execute } from "./sql.ts";

const TRIAL_BYTES = 65_536;

/**
 * Whether the database takes writes. It writes nothing while writes work; while they do not, it tries one every few seconds,
 * because a gateway that gets no requests would otherwise never find out.
 */
export async function canWrite({
  writes,
  writeHealth,
}: Pick<Database, "writes" | "writeHealth">): Promise<boolean> {
  if (writeHealth.isTrialDue()) {
    // It takes more room on the disk than what was refused, and leaves no row.
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
