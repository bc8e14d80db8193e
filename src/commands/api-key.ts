import type { Command } from "commander";
import {
  createServerApiKey,
  deleteServerApiKey,
  listServerApiKeys,
  setServerApiKeyDisabled,
} from "../identity/api-keys/server-api-keys.ts";
import { clip, commandContext, notice, type OutputOptions, print, table, withCore } from "./run.ts";
import { formatTime } from "./times.ts";

export function addApiKeyCommands(program: Command): void {
  const apiKey = program
    .command("api-key")
    .description(
      "API keys of servers: to log in, each as its own user, and to authenticate for token introspection (RFC 7662)",
    );

  apiKey
    .command("create <name>")
    .description("create a key and its user, and print the key, once")
    .option("--json", "print the result as JSON")
    .action((name: string, options: OutputOptions) =>
      withCore(async ({ services }) => {
        const { apiKey, secret } = await createServerApiKey(services, commandContext(), {
          provider: "api-key",
          name,
        });
        const { id, identity } = apiKey;
        print({ id, name, userId: identity.userId, secret }, options, [secret]);
        notice(
          `The key is not shown again. It logs in as user ${identity.userId}. To delete both: passerby api-key delete ${id}`,
          options,
        );
      }),
    );

  apiKey
    .command("list")
    .description("list server API keys, oldest first")
    .option("--json", "print the result as JSON")
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
            ? ["There are no server API keys. Create one with: passerby api-key create <name>"]
            : table(
                ["ID", "NAME", "LAST USED", "STATE"],
                keys.map(({ id, name, disabledAt, identity }) => [
                  id,
                  clip(name),
                  formatTime(identity.lastUsedAt),
                  disabledAt ? "disabled" : "enabled",
                ]),
              ),
        );
      }),
    );

  const addSwitch = (word: "enable" | "disable", description: string): void => {
    apiKey
      .command(`${word} <id>`)
      .description(description)
      .option("--json", "print the result as JSON")
      .action((id: string, options: OutputOptions) =>
        withCore(async ({ services }) => {
          const { name, disabledAt } = await setServerApiKeyDisabled(services, commandContext(), {
            id,
            disabled: word === "disable",
          });
          print({ id, name, disabledAt }, options, [`The key ${name} is ${word}d.`]);
        }),
      );
  };
  addSwitch("enable", "enable a key, so that it can log in again");
  addSwitch("disable", "disable a key and end its sessions");

  apiKey
    .command("delete <id>")
    .description("delete a key and its user")
    .option("--json", "print the result as JSON")
    .action((id: string, options: OutputOptions) =>
      withCore(async ({ services }) => {
        await deleteServerApiKey(services, commandContext(), { id });
        print({ id }, options, ["The key and its user are deleted."]);
      }),
    );
}
