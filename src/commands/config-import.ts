/** Bringing providers here from a file: what became of each, and what of it did not. */
import { basename } from "node:path";
import type { Command } from "commander";
import { readAllSettings } from "../core.ts";
import { PasserbyError } from "../errors.ts";
import { type ImportedProvider, parseProvidersJson } from "../import/providers-json.ts";
import { readEnvironment } from "../settings/environment.ts";
import { DRAFT_REVISION_OPTION, printDraft } from "./draft.ts";
import { type OutputOptions, operator, plain, readInput, readJsonObject, withCore } from "./run.ts";

interface ImportOptions extends OutputOptions {
  readonly secrets?: string;
  readonly revision?: string;
}

/** What became of a provider of the file. */
interface Outcome {
  readonly provider: string;
  readonly enabled: boolean;
  readonly isOnInFile: boolean;
  /** Why it is off, where the file has it on. */
  readonly reasons: readonly string[];
  /** What differs from what it was. */
  readonly notes: readonly string[];
}

export function addImportCommand(config: Command): void {
  config
    .command("import <file>")
    .description("read a providers.json, also one of App Services, into the draft; - reads standard input")
    .option("--secrets <file>", "a JSON file with the value of each secret that the providers name")
    .option(...DRAFT_REVISION_OPTION)
    .option("--json", "for programs")
    .action((file: string, options: ImportOptions) =>
      withCore(async ({ services }) => {
        const { appId } = readAllSettings(readEnvironment());
        const secrets = options.secrets ? readSecrets(options.secrets) : {};
        const called = file === "-" ? "Standard input" : basename(file);
        const inputs = parseProvidersJson(readInput(file), called, { appId, secrets });
        const { draft, leftOut, switchedOff } = await services.deployments.importProviders(
          inputs,
          operator(),
        );
        const imported = inputs.map((each) => outcomeOf(each, switchedOff[each.name] ?? []));
        const lines = [...imported.flatMap(outcomeLines), ...leftOut];
        // Kept apart from what the draft is, for whoever pipes that on.
        if (!options.json) process.stderr.write(lines.map((line) => `${plain(line)}\n`).join(""));
        const report = { ...draft, imported, leftOut, notes: lines };
        printDraft(report, options);
      }),
    );
}

/** @throws PasserbyError BAD_USER_INPUT */
function readSecrets(file: string): Record<string, string> {
  const given = readJsonObject(file);
  const bad = Object.keys(given).find((name) => typeof given[name] !== "string");
  if (bad === undefined) return given as Record<string, string>;
  throw new PasserbyError("BAD_USER_INPUT", {
    message: `${file} needs the value of each secret as a text; that of ${bad} is none.`,
  });
}

function outcomeOf(
  { name, enabled, isOnInFile, obstacles, notes }: ImportedProvider,
  invalid: readonly string[],
): Outcome {
  return {
    provider: name,
    enabled: enabled && invalid.length === 0,
    isOnInFile,
    reasons: [...obstacles, ...invalid],
    notes,
  };
}

function outcomeLines({ provider, enabled, isOnInFile, reasons, notes }: Outcome): string[] {
  if (reasons.length + notes.length === 0) return [];
  const state = enabled ? "on" : isOnInFile ? "switched off, though the file has it on" : "off";
  return [
    `${provider}: ${state}`,
    ...reasons.map((reason) => `  off because ${reason.replace(/\.?$/, ".")}`),
    ...notes.map((note) => `  ${note}`),
  ];
}
