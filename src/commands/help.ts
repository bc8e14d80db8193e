import type { Command } from "commander";

/** For `addHelpText("after", …)`: command lines as an operator types them. */
export const examples = (...lines: readonly string[]): string =>
  `\n${lines.length === 1 ? "Example" : "Examples"}:\n${lines.map((line) => `  $ ${line}`).join("\n")}`;

/** After a wrong command line, one line says where the help is, instead of printing all of it. */
export function pointToHelp(command: Command, path: string = command.name()): void {
  const what = command.commands.length > 0 ? "the commands" : "arguments and options";
  command.showHelpAfterError(`${path} --help lists ${what}.`);
  for (const each of command.commands) pointToHelp(each, `${path} ${each.name()}`);
}

/** Commander runs `passerby confg --help` as `passerby --help`, which exits with 0. */
export function rejectUnknownCommand(program: Command, words: readonly string[]): void {
  let command = program;
  for (const word of words) {
    if (command.commands.length === 0) return;
    if (word.startsWith("-")) continue;
    if (word === "help") return;
    const next = command.commands.find((each) => each.name() === word);
    if (next) command = next;
    else command.error(`error: unknown command '${word}'`, { exitCode: 2 });
  }
}
