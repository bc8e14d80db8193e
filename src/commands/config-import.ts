/** config import: providers of a file, and a report of what was not imported as it was. */
import { basename } from "node:path";
import type { Command } from "commander";
import { readAllSettings } from "../core.ts";
import { PasserbyError } from "../errors.ts";
import { type ImportedProvider, parseProvidersJson } from "../import/providers-json.ts";
import { readEnvironment } from "../settings/environment.ts";
import { DRAFT_REVISION_OPTION, printDraft } from "./draft.ts";
import { examples } from "./help.ts";
import { commandContext, type OutputOptions, plain, readInput, readJsonObject, withCore } from "./run.ts";

interface ImportOptions extends OutputOptions {
  readonly secrets?: string;
  readonly revision?: string;
}

/** The result for one provider of the file. */
interface Outcome {
  readonly provider: string;
  readonly enabled: boolean;
  readonly isOnInFile: boolean;
  /** Why it is disabled although the file enables it. */
  readonly reasons: readonly string[];
  /** What differs from the file. */
  readonly notes: readonly string[];
}

export function addImportCommand(config: Command): void {
  config
    .command("import <file>")
    .description(
      "import a providers.json, of config export or of App Services, into the draft; - for standard input",
    )
    .option(
      "--secrets <file>",
      'JSON file with the value of each secret that the file names: { "name": "value" }',
    )
    .option(...DRAFT_REVISION_OPTION)
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      examples("passerby config import auth/providers.json --secrets secrets.json", "passerby config review"),
    )
    .action((file: string, options: ImportOptions) =>
      withCore(async ({ services }) => {
        const { appId } = readAllSettings(readEnvironment());
        const secrets = options.secrets ? readSecrets(options.secrets) : {};
        const called = file === "-" ? "Standard input" : basename(file);
        const inputs = parseProvidersJson(readInput(file), called, { appId, secrets });
        const { draft, leftOut, disabled } = await services.deployments.importProviders(
          commandContext(),
          inputs,
        );
        const imported = inputs.map((each) => outcomeOf(each, disabled[each.name] ?? []));
        const lines = [...imported.flatMap(outcomeLines), ...leftOut];
        // On standard error, so that standard output has the draft alone.
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
    message: `${file} must have a string for each secret; the value of ${bad} is not one.`,
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
  const state = enabled ? "enabled" : isOnInFile ? "disabled, although the file enables it" : "disabled";
  return [
    `${provider}: ${state}`,
    ...reasons.map((reason) => `  because ${reason.replace(/\.?$/, ".")}`),
    ...notes.map((note) => `  ${note}`),
  ];
}
