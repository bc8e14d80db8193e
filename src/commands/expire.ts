import type { Command } from "commander";
import type { ExpiryReport } from "../identity/users/expiry.ts";
import { runExpiry } from "../identity/users/expiry-run.ts";
import { commandContext, createProgress, type OutputOptions, print, withCore } from "./run.ts";
import { formatTime } from "./times.ts";

export function addExpireCommand(program: Command): void {
  program
    .command("expire")
    .description(
      "delete anonymous users that are older than ANONYMOUS_USER_DAYS; a running gateway does so every 15 minutes",
    )
    .option("--dry-run", "count them, delete nothing")
    .option("--json", "print the result as JSON")
    .action((options: OutputOptions & { dryRun?: boolean }) =>
      withCore(async ({ services }) => {
        const progress = createProgress("Expiring");
        const report = await runExpiry(services, commandContext(), {
          dryRun: options.dryRun ?? false,
          onProgress: progress.update,
        });
        progress.end();
        print(report, options, [sentenceOf(report)]);
      }),
    );
}

function sentenceOf({ users, createdUntil, dryRun }: ExpiryReport): string {
  const created = `created before ${formatTime(createdUntil)}`;
  if (users === 0) return `No anonymous user has expired (${created}).`;
  const who = `${users} anonymous ${users === 1 ? "user" : "users"} ${created}`;
  return dryRun ? `${who} would be deleted.` : `${who} ${users === 1 ? "was" : "were"} deleted.`;
}
