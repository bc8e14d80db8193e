/** After a mistake: one line that says where the help is, rather than all of it. */
import type { Command } from "commander";

export function pointToHelp(command: Command, path: string = command.name()): void {
  const what = command.commands.length > 0 ? "the commands" : "what it takes";
  command.showHelpAfterError(`${path} --help shows ${what}.`);
  for (const each of command.commands) pointToHelp(each, `${path} ${each.name()}`);
}

/** Commander takes `passerby confg --help` for `passerby --help`, and a script would not notice. */
export function refuseUnknownCommand(program: Command, words: readonly string[]): void {
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
