/** The command line. Commands call the same functions as the graphs. */
import "reflect-metadata";
import { Command } from "commander";
import { VERSION } from "../version.ts";
import { addAdminKeyCommands } from "./admin-key.ts";
import { addApiKeyCommands } from "./api-key.ts";
import { addAuditCommands } from "./audit.ts";
import { formatError } from "./client-errors.ts";
import { addConfigCommands } from "./config.ts";
import { addEventsCommands } from "./events.ts";
import { addExpireCommand } from "./expire.ts";
import { pointToHelp, rejectUnknownCommand } from "./help.ts";
import { addServerCommands } from "./server.ts";
import { addUsersCommands } from "./users.ts";
import { addWebhooksCommands } from "./webhooks.ts";

const program = new Command("passerby")
  .description(
    "Passerby, the anonymous-first identity gateway for GraphQL.\n\nCommands work on the database in DATABASE_URL, whether the gateway is running or not. Settings are read from the environment, then from .env in the current folder; docs/configuration.md describes them.",
  )
  .version(VERSION)
  .addHelpText(
    "after",
    `
Examples:
  $ passerby serve                                           start the gateway
  $ passerby config set anon-user off                        change the draft: disable anonymous login
  $ passerby config review                                   show the draft and its impact
  $ passerby config deploy --note "closed for the night"     make the draft live
  $ passerby users find --email ada@example.com --json       find a user
  $ passerby events tail                                     print events as they happen
  $ passerby expire --dry-run                                count the anonymous users that have expired

passerby <command> --help describes a command, for example passerby config set --help.

Exit codes: 0 success, 1 the command failed, 2 the command line is invalid.`,
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

addServerCommands(program);
addExpireCommand(program);
addConfigCommands(program);
addAdminKeyCommands(program);
addApiKeyCommands(program);
addUsersCommands(program);
addWebhooksCommands(program);
addEventsCommands(program);
addAuditCommands(program);
pointToHelp(program);
rejectUnknownCommand(program, process.argv.slice(2));

let running = program;
program.hook("preAction", (_program, command) => {
  running = command;
});

try {
  await program.parseAsync();
} catch (error) {
  const typed = {
    command: running.name(),
    subject: running.args[0] ?? "",
    json: running.opts().json === true,
  };
  process.stderr.write(`${formatError(error, typed)}\n`);
  process.exitCode = 1;
}
