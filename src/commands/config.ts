/** config show, config set, config remove, config export. */
import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { MASK, maskSettings } from "../deployments/configuration.ts";
import { formatProvidersJson } from "../import/providers-json.ts";
import { onOff } from "./arguments.ts";
import { addImportCommand } from "./config-import.ts";
import { addDraftCommands, printDraft } from "./draft.ts";
import { examples } from "./help.ts";
import { addHistoryCommands } from "./history.ts";
import { commandContext, type OutputOptions, print, readJsonObject, table, withCore } from "./run.ts";

const PROVIDER_REVISION_OPTION = [
  "--revision <id>",
  "fail unless the provider (config show --json) or the draft (config review) still has this revision",
] as const;

interface SetOptions extends OutputOptions {
  readonly settings?: string;
  readonly type?: string;
  readonly revision?: string;
}

export function addConfigCommands(program: Command): void {
  const config = program
    .command("config")
    .description("configuration of the providers: change the draft, review it, deploy it; history")
    .addHelpText(
      "after",
      `
"set", "remove", "import" and "rebase" change the draft only. Nothing is live before "deploy".
${examples("passerby config set anon-user off", "passerby config review", "passerby config deploy")}`,
    );

  config
    .command("show")
    .description("list all providers: whether they are enabled, live and in the draft")
    .option("--json", "print the result as JSON")
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
            ["PROVIDER", "LIVE", "DRAFT", "NAME"],
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
    .description("enable or disable a provider, or change its settings, in the draft")
    .argument("<provider>", "name of the provider, such as anon-user; config show lists them")
    .argument("<on|off>", "on enables it, off disables it", onOff)
    .option(
      "--settings <file>",
      "JSON file with all settings of the provider, which replace the present ones; - for standard input. docs/providers.md lists them",
    )
    .option("--type <type>", "add a provider of this type under a new name, such as oidc")
    .option(...PROVIDER_REVISION_OPTION)
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      examples(
        "passerby config set anon-user off",
        "passerby config set oauth2-google on --settings google.json",
        "passerby config set company-sso on --type oidc --settings sso.json",
      ),
    )
    .action((name: string, enabled: boolean, options: SetOptions) =>
      withCore(async ({ services }) => {
        const settings = options.settings ? readJsonObject(options.settings) : null;
        const { type = null, revision = null } = options;
        const input = { name, type, enabled, settings, revision };
        printDraft(await services.deployments.saveProviders(commandContext(), [input]), options);
      }),
    );

  config
    .command("remove")
    .description(
      "remove a provider from the draft that was added with --type; built-in ones can only be disabled",
    )
    .argument("<provider>", "name of the provider")
    .option(...PROVIDER_REVISION_OPTION)
    .option("--json", "print the result as JSON")
    .action((name: string, options: OutputOptions & { revision?: string }) =>
      withCore(async ({ services }) =>
        printDraft(
          await services.deployments.removeProvider(commandContext(), name, options.revision),
          options,
        ),
      ),
    );

  config
    .command("export [file]")
    .description(
      "write the live configuration, without secrets, to a file in the format of App Services' providers.json, or to standard output",
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
          process.stderr.write(
            `The file does not contain the secrets of ${names}. An import into this database leaves them unchanged.\n`,
          );
        }
      }),
    );

  addImportCommand(config);

  addDraftCommands(config);
  addHistoryCommands(config);
}
