import type { Command } from "commander";
import {
  createServerApiKey,
  deleteServerApiKey,
  listServerApiKeys,
  setServerApiKeyDisabled,
} from "../identity/api-keys/server-api-keys.ts";
import { clip, notice, type OutputOptions, print, table, withCore } from "./run.ts";
import { formatTime } from "./times.ts";

export function addApiKeyCommands(program: Command): void {
  const apiKey = program
    .command("api-key")
    .description("keys that servers log in with; each has a user of its own");

  apiKey
    .command("create <name>")
    .description("make a key and its user; the key is shown this once")
    .option("--json", "for programs")
    .action((name: string, options: OutputOptions) =>
      withCore(async ({ services }) => {
        const { apiKey, secret } = await createServerApiKey(services, { provider: "api-key", name });
        const { id, identity } = apiKey;
        print({ id, name, userId: identity.userId, secret }, options, [secret]);
        notice(
          `Shown this once. It logs in as user ${identity.userId}. Delete both with: passerby api-key delete ${id}`,
          options,
        );
      }),
    );

  apiKey
    .command("list")
    .description("all keys of servers, oldest first")
    .option("--json", "for programs")
    .action((options: OutputOptions) =>
      withCore(async ({ services }) => {
        const keys = await listServerApiKeys(services.reads);
        print(
          keys.map(({ id, name, prefix, createdAt, disabledAt, identity }) => ({
            id,
            name,
            prefix,
            userId: identity.userId,
            createdAt,
            lastUsedAt: identity.lastUsedAt,
            disabledAt,
          })),
          options,
          keys.length === 0
            ? ["There is no server key. `passerby api-key create <name>` makes one."]
            : table(
                ["ID", "NAME", "LAST USED", "STATE"],
                keys.map(({ id, name, disabledAt, identity }) => [
                  id,
                  clip(name),
                  formatTime(identity.lastUsedAt),
                  disabledAt ? "off" : "on",
                ]),
              ),
        );
      }),
    );

  const addSwitch = (word: "enable" | "disable", description: string): void => {
    apiKey
      .command(`${word} <id>`)
      .description(description)
      .option("--json", "for programs")
      .action((id: string, options: OutputOptions) =>
        withCore(async ({ services }) => {
          const { name, disabledAt } = await setServerApiKeyDisabled(services, {
            id,
            disabled: word === "disable",
          });
          print({ id, name, disabledAt }, options, [`The key ${name} is ${word}d.`]);
        }),
      );
  };
  addSwitch("enable", "let a key log in again");
  addSwitch("disable", "refuse logins with a key, and end the sessions that it began");

  apiKey
    .command("delete <id>")
    .description("delete a key with the user that it logs in as")
    .option("--json", "for programs")
    .action((id: string, options: OutputOptions) =>
      withCore(async ({ services }) => {
        await deleteServerApiKey(services, id);
        print({ id }, options, ["The key and its user are deleted."]);
      }),
    );
}
