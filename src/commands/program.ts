/** The commands. Each is one file in commands/; what they do is done by the same functions that the gateway uses. */
import "reflect-metadata";
import { Command } from "commander";
import { VERSION } from "../version.ts";
import { addAdminKeyCommands } from "./admin-key.ts";
import { addApiKeyCommands } from "./api-key.ts";
import { addAuditCommands } from "./audit.ts";
import { formatRefusal } from "./client-errors.ts";
import { addConfigCommands } from "./config.ts";
import { addExpireCommand } from "./expire.ts";
import { pointToHelp, refuseUnknownCommand } from "./help.ts";
import { addServerCommands } from "./server.ts";
import { addUsersCommands } from "./users.ts";

const program = new Command("passerby")
  .description(
    "The anonymous-first identity gateway for GraphQL.\nSettings come from the environment and from .env in this folder: see docs/configuration.md.",
  )
  .version(VERSION)
  .addHelpText(
    "after",
    `
Examples:
  $ passerby serve
  $ passerby config set anon-user off && passerby config review && passerby config deploy --note "closed for the night"
  $ passerby users find --email ada@example.com --json
  $ passerby expire --dry-run

Exit codes: 0 done, 1 refused or failed, 2 the command line is wrong.`,
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

addServerCommands(program);
addExpireCommand(program);
addConfigCommands(program);
addAdminKeyCommands(program);
addApiKeyCommands(program);
addUsersCommands(program);
addAuditCommands(program);
pointToHelp(program);
refuseUnknownCommand(program, process.argv.slice(2));

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
  process.stderr.write(`${formatRefusal(error, typed)}\n`);
  process.exitCode = 1;
}
