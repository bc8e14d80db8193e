import { once } from "node:events";
import type { Command } from "commander";
import { parseAuditQuery } from "../audit/audit-query.ts";
import { exportAuditEvents } from "../audit/export-events.ts";
import { withCore } from "./run.ts";

export function addAuditCommands(program: Command): void {
  const audit = program.command("audit").description("what happened: who did what to whom");

  audit
    .command("export")
    .description("events, one JSON object a line, newest first; every condition that is given must hold")
    .option("--action <names>", "such as IDENTITY_LINKED,USER_MERGED")
    .option("--actor <name>", "by this operator's name, or user's id")
    .option("--actor-kind <kind>", "USER, OPERATOR, SYSTEM or VISITOR")
    .option("--user-id <id>", "to this user, by its id or a former one")
    .option("--provider <name>", "through this provider")
    .option("--outcome <outcome>", "DONE or REFUSED")
    .option("--code <code>", "refused with this error code")
    .option("--from <time>", "at this time or later, such as 2026-06-01 or 2026-06-01T12:00:00Z")
    .option("--before <time>", "before this time")
    .action((options: Record<string, string>) =>
      withCore(async ({ services }) => {
        for await (const line of exportAuditEvents(services.reads, parseAuditQuery(options))) {
          if (!process.stdout.write(line)) await once(process.stdout, "drain");
        }
      }),
    );
}
