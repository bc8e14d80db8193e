/** Providers without a browser: shown, drafted, exported and imported. What becomes of a draft is draft.ts. */
import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { MASK, maskSettings } from "../deployments/configuration.ts";
import { formatProvidersJson } from "../import/providers-json.ts";
import { onOff } from "./arguments.ts";
import { addImportCommand } from "./config-import.ts";
import { addDraftCommands, printDraft } from "./draft.ts";
import { addHistoryCommands } from "./history.ts";
import { type OutputOptions, operator, print, readJsonObject, table, withCore } from "./run.ts";

const PROVIDER_REVISION_OPTION = [
  "--revision <id>",
  "only if the provider is still as config show --json printed it, or the draft as config review did",
] as const;

interface SetOptions extends OutputOptions {
  readonly settings?: string;
  readonly type?: string;
  readonly revision?: string;
}

export function addConfigCommands(program: Command): void {
  const config = program
    .command("config")
    .description("which ways in are on: draft, review, deploy, history");

  config
    .command("show")
    .description("every provider, live and drafted")
    .option("--json", "for programs")
    .action((options: OutputOptions) =>
      withCore(async ({ services }) => {
        const states = await services.deployments.states();
        const word = (enabled: boolean | undefined): string =>
          enabled === undefined ? "–" : enabled ? "on" : "off";
        print(
          states.map(({ provider, live, draft, draftEffect, revision: { name, ...revision } }) => ({
            name,
            type: provider.type,
            enabled: live.enabled,
            draftEnabled: draft?.enabled ?? null,
            draftEffect,
            settings: maskSettings(live.settings),
            draftSettings: draft && maskSettings(draft.settings),
            ...revision,
          })),
          options,
          table(
            ["PROVIDER", "LIVE", "DRAFT", "WHAT"],
            states.map(({ provider, live, draft, draftEffect }) => [
              provider.name,
              draftEffect === "ADDED" ? "–" : word(live.enabled),
              draftEffect === "REMOVED" ? "removed" : word(draft?.enabled),
              provider.displayName,
            ]),
          ),
        );
      }),
    );

  config
    .command("set")
    .description("put one provider into the draft")
    .argument("<provider>", "its name, such as anon-user")
    .argument("<on|off>", "whether it is on", onOff)
    .option("--settings <file>", "a JSON file with all its settings; - reads standard input")
    .option("--type <type>", "adds a provider of your own under a new name, such as one of type oidc")
    .option(...PROVIDER_REVISION_OPTION)
    .option("--json", "for programs")
    .action((name: string, enabled: boolean, options: SetOptions) =>
      withCore(async ({ services }) => {
        const settings = options.settings ? readJsonObject(options.settings) : null;
        const { type = null, revision = null } = options;
        const input = { name, type, enabled, settings, revision };
        printDraft(await services.deployments.saveProviders([input], operator()), options);
      }),
    );

  config
    .command("remove")
    .description("take a provider of your own out of the draft")
    .argument("<provider>", "its name")
    .option(...PROVIDER_REVISION_OPTION)
    .option("--json", "for programs")
    .action((name: string, options: OutputOptions & { revision?: string }) =>
      withCore(async ({ services }) =>
        printDraft(await services.deployments.removeProvider(name, operator(), options.revision), options),
      ),
    );

  config
    .command("export [file]")
    .description(
      "write providers.json of what is live, without secrets; to standard output unless a file is named",
    )
    .action((file: string | undefined) =>
      withCore(async ({ services }) => {
        const states = await services.deployments.states();
        const text = formatProvidersJson(states);
        if (file) writeFileSync(file, text);
        else process.stdout.write(text);
        const withSecrets = states.filter(({ live }) =>
          Object.values(maskSettings(live.settings)).includes(MASK),
        );
        if (withSecrets.length > 0) {
          const names = withSecrets.map(({ provider }) => provider.name).join(", ");
          process.stderr.write(`Not in the file: the secrets of ${names}. An import here keeps them.\n`);
        }
      }),
    );

  addImportCommand(config);

  addDraftCommands(config);
  addHistoryCommands(config);
}
