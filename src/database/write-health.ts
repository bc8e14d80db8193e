/** Whether the database takes writes. A full or failing disk answers reads as ever. */
import { isUnwritable } from "./failures.ts";
import { execute } from "./sql.ts";
import type { Writes } from "./writes.ts";

export interface WriteHealth {
  /** Told by the write path. */
  worked(): void;
  failed(error: unknown): void;
  /** Writes nothing while writes work; while they do not, it tries one every few seconds. */
  check(database: { writes: Writes }): Promise<boolean>;
}

const TRY_AGAIN_MS = 3_000;

export function createWriteHealth(): WriteHealth {
  let isFailing = false;
  let triedAt = 0;
  return {
    worked() {
      isFailing = false;
    },
    failed(error) {
      if (!isUnwritable(error)) return;
      isFailing = true;
      triedAt = performance.now();
    },
    async check({ writes }) {
      if (isFailing && performance.now() - triedAt >= TRY_AGAIN_MS) {
        triedAt = performance.now();
        await writes.transaction(writeNothing).catch(() => {});
      }
      return !isFailing;
    },
  };
}

/** Takes room on the disk and leaves no row. */
async function writeNothing(manager: Parameters<Parameters<Writes["transaction"]>[0]>[0]): Promise<void> {
  await execute(manager, "DELETE FROM job_leases WHERE name = ?", ["write-check"]);
  await execute(manager, "INSERT INTO job_leases (name, owner, leased_until) VALUES (?, ?, 0)", [
    "write-check",
    "write-check",
  ]);
  await execute(manager, "DELETE FROM job_leases WHERE name = ?", ["write-check"]);
}
