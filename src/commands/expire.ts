import type { Command } from "commander";
import { runExpiry } from "../identity/expiry-run.ts";
import { createProgress, type OutputOptions, print, withCore } from "./run.ts";

export function addExpireCommand(program: Command): void {
  program
    .command("expire")
    .description("delete users that stayed anonymous for ANONYMOUS_USER_DAYS")
    .option("--dry-run", "only count them")
    .option("--json", "for programs")
    .action((options: OutputOptions & { dryRun?: boolean }) =>
      withCore(async ({ services }) => {
        const progress = createProgress("Expiring");
        const report = await runExpiry(services, {
          dryRun: options.dryRun ?? false,
          onProgress: progress.update,
        });
        progress.end();
        const created = `created until ${report.createdUntil.toISOString()}`;
        print(report, options, [
          report.dryRun
            ? `${report.users} anonymous users ${created} would be deleted.`
            : `${report.users} anonymous users ${created} were deleted.`,
        ]);
      }),
    );
}
