/** Draft, review and deploy without a browser. */
import { writeFileSync } from "node:fs";
import { basename } from "node:path";
import type { Command } from "commander";
import { MASK, maskSettings } from "../deployments/configuration.ts";
import type { DraftView } from "../deployments/drafts.ts";
import type { ProviderImpact } from "../deployments/impact.ts";
import { findNamedSecrets, formatProvidersJson, parseProvidersJson } from "../deployments/providers-json.ts";
import { onOff } from "./arguments.ts";
import { changeLines } from "./changes.ts";
import { addHistoryCommands } from "./history.ts";
import { type OutputOptions, operator, print, readInput, readJsonObject, table, withCore } from "./run.ts";

const printDraft = (draft: DraftView & { notes?: string[] }, options: OutputOptions): void =>
  print(draft, options, ["In the draft:", ...changeLines(draft.changes), "Next: passerby config review"]);

function lockedOutLine({ provider, usersLosingTheirOnlyWayIn: users }: ProviderImpact): string[] {
  if (users === 0) return [];
  const who = users === 1 ? "1 user" : `${users} users`;
  return ["", `${who} could not log in any more. See them: passerby users find --provider ${provider}`];
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
          states.map(({ provider, live, draft, draftEffect }) => ({
            name: provider.name,
            type: provider.type,
            enabled: live.enabled,
            draftEnabled: draft?.enabled ?? null,
            draftEffect,
            settings: maskSettings(live.settings),
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
    .option("--json", "for programs")
    .action((name: string, enabled: boolean, options: OutputOptions & { settings?: string; type?: string }) =>
      withCore(async ({ services }) => {
        const settings = options.settings ? readJsonObject(options.settings) : null;
        const input = { name, type: options.type ?? null, enabled, settings };
        printDraft(await services.deployments.saveProviders([input], operator()), options);
      }),
    );

  config
    .command("remove")
    .description("take a provider of your own out of the draft")
    .argument("<provider>", "its name")
    .option("--json", "for programs")
    .action((name: string, options: OutputOptions) =>
      withCore(async ({ services }) =>
        printDraft(await services.deployments.removeProvider(name, operator()), options),
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

  config
    .command("import <file>")
    .description("read a providers.json, also one of App Services, into the draft; - reads standard input")
    .option("--json", "for programs")
    .action((file: string, options: OutputOptions) =>
      withCore(async ({ services }) => {
        const text = readInput(file);
        const called = file === "-" ? "Standard input" : basename(file);
        const inputs = parseProvidersJson(text, called);
        const missing = findNamedSecrets(text, called).map(
          ({ provider, secrets, enabled }) =>
            `${provider}: ${secrets.join(", ")} ${secrets.length === 1 ? "is" : "are"} not in the file, which only names secrets. Give them with all settings: passerby config set ${provider} ${enabled ? "on" : "off"} --settings <file>`,
        );
        // Before anything is refused: what is missing is often why.
        if (!options.json) process.stderr.write(missing.map((line) => `${line}\n`).join(""));
        const { draft, leftOut } = await services.deployments.importProviders(inputs, operator());
        if (!options.json) process.stderr.write(leftOut.map((line) => `${line}\n`).join(""));
        printDraft({ ...draft, notes: [...missing, ...leftOut] }, options);
      }),
    );

  config
    .command("review")
    .description("what the draft changes, and whom")
    .option("--json", "for programs")
    .action((options: OutputOptions) =>
      withCore(async ({ services }) => {
        const review = await services.deployments.review();
        if (!review || review.changes.length === 0)
          return print(review, options, ["There is nothing to deploy."]);
        print(review, options, [
          `Changes to version ${review.baseVersion}:`,
          ...changeLines(review.changes),
          "",
          ...table(
            ["PROVIDER", "IDENTITIES", "LOSE THEIR ONLY WAY IN", "LIVE SESSIONS"],
            review.impact.map((each) => [
              each.provider,
              each.identities,
              each.usersLosingTheirOnlyWayIn,
              each.activeSessions,
            ]),
          ),
          ...review.impact.flatMap(lockedOutLine),
          "",
          "Next: passerby config deploy, or passerby config discard",
        ]);
      }),
    );

  config
    .command("rebase")
    .description("put the draft's changes on top of what went live since it was begun")
    .option("--json", "for programs")
    .action((options: OutputOptions) =>
      withCore(async ({ services }) => {
        const draft = await services.deployments.rebaseDraft(operator());
        if (draft) return printDraft(draft, options);
        print(null, options, ["Nothing of it was left to deploy. The draft is gone."]);
      }),
    );

  config
    .command("discard")
    .description("throw the draft away")
    .action(() =>
      withCore(async ({ services }) =>
        print(null, {}, [
          (await services.deployments.discardDraft()) ? "The draft is gone." : "There was no draft.",
        ]),
      ),
    );

  config
    .command("deploy")
    .description("make the draft live, on every gateway within a second")
    .option("--note <text>", "why, for the history")
    .option("--json", "for programs")
    .action((options: OutputOptions & { note?: string }) =>
      withCore(async ({ services }) => {
        const deployment = await services.deployments.deploy({ note: options.note ?? null, by: operator() });
        const { version, changes, deployedAt, deployedBy, note } = deployment;
        print({ version, changes, deployedAt, deployedBy, note }, options, [
          `Version ${version} is live.`,
          ...changeLines(changes),
        ]);
      }),
    );

  addHistoryCommands(config);
}
