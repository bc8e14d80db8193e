import { type Clock, secondsAfter } from "../clock.ts";
import { JobLease } from "../entities/job-lease.ts";
import { isUniqueViolation } from "./failures.ts";
import { insertRows } from "./insert-rows.ts";
import { execute } from "./sql.ts";
import type { Writes } from "./writes.ts";

/** Acquires or extends the lease of a job. @returns false while another gateway has it */
export async function acquireLease(
  { writes, clock }: { writes: Writes; clock: Clock },
  { name, owner, seconds }: { name: string; owner: string; seconds: number },
): Promise<boolean> {
  const now = clock.now();
  const leasedUntil = secondsAfter(now, seconds);
  try {
    return await writes.transaction(async (manager) => {
      const taken = await execute(
        manager,
        "UPDATE job_leases SET owner = ?, leased_until = ? WHERE name = ? AND (owner = ? OR leased_until <= ?)",
        [owner, +leasedUntil, name, owner, +now],
      );
      if (taken > 0) return true;
      if (await manager.existsBy(JobLease, { name })) return false;
      await insertRows(manager, { entity: JobLease, rows: [{ name, owner, leasedUntil }] });
      return true;
    });
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}

export async function releaseLease(
  { writes }: { writes: Writes },
  { name, owner }: { name: string; owner: string },
): Promise<void> {
  await writes.transaction((manager) =>
    execute(manager, "DELETE FROM job_leases WHERE name = ? AND owner = ?", [name, owner]),
  );
}
