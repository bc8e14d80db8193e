import type { Command } from "commander";
import { parseAuditQuery } from "../audit/audit-query.ts";
import { exportAuditEvents } from "../audit/export-events.ts";
import { examples } from "./help.ts";
import { writeLines } from "./line-output.ts";
import { withCore } from "./run.ts";

export function addAuditCommands(program: Command): void {
  const audit = program.command("audit").description("audit events: who did what to whom, and when");

  audit
    .command("export")
    .description("export audit events, newest first, one JSON object per line; all filters must match")
    .option(
      "--action <names>",
      "actions, comma-separated, such as IDENTITY_LINKED,USER_MERGED; docs/audit.md lists them",
    )
    .option("--actor <name>", "who acted: the name of an operator or the id of a user")
    .option("--actor-kind <kind>", "who acted: USER, OPERATOR, SYSTEM or VISITOR")
    .option("--user-id <id>", "the user concerned, by id or former id")
    .option("--provider <name>", "the provider concerned, such as oauth2-google")
    .option("--outcome <outcome>", "DONE (succeeded) or FAILED")
    .option("--code <code>", "the error code of failed attempts, such as INVALID_CREDENTIALS")
    .option("--from <time>", "at or after this time: 2026-06-01 or 2026-06-01T12:00:00Z")
    .option("--before <time>", "before this time")
    .addHelpText(
      "after",
      examples(
        "passerby audit export --from 2026-06-01 > events.ndjson",
        "passerby audit export --outcome FAILED --provider local-userpass",
      ),
    )
    .action((options: Record<string, string>) =>
      withCore(async ({ services }) => {
        const query = parseAuditQuery(options);
        await writeLines(() => exportAuditEvents(services.reads, query));
      }),
    );
}
