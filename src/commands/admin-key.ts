import type { Command } from "commander";
import { PasserbyError } from "../errors.ts";
import { clip, commandContext, notice, type OutputOptions, print, table, withCore } from "./run.ts";
import { formatTime } from "./times.ts";

export function addAdminKeyCommands(program: Command): void {
  const adminKey = program
    .command("admin-key")
    .description("admin keys: secrets of operators for the admin graph and the console");

  adminKey
    .command("create <name>")
    .description("create an admin key and print it, once")
    .option("--json", "print the result as JSON")
    .action((name: string, options: OutputOptions) =>
      withCore(async ({ services }) => {
        const { adminKey, secret } = await services.adminKeys.create(commandContext(), name);
        print({ id: adminKey.id, name: adminKey.name, secret }, options, [secret]);
        notice(`The key is not shown again. To revoke it: passerby admin-key revoke ${adminKey.id}`, options);
      }),
    );

  adminKey
    .command("list")
    .description("list admin keys, newest first")
    .option("--json", "print the result as JSON")
    .action((options: OutputOptions) =>
      withCore(async ({ services }) => {
        const keys = await services.adminKeys.list();
        print(
          keys.map(({ hash: _, ...shown }) => shown),
          options,
          keys.length === 0
            ? ["There are no admin keys besides ADMIN_KEY."]
            : table(
                ["ID", "NAME", "LAST USED", "STATE"],
                keys.map((key) => [
                  key.id,
                  clip(key.name),
                  formatTime(key.lastUsedAt),
                  key.revokedAt ? "revoked" : "active",
                ]),
              ),
        );
      }),
    );

  adminKey
    .command("revoke <id>")
    .description("revoke an admin key, at once on every gateway")
    .action((id: string) =>
      withCore(async ({ services }) => {
        if (!(await services.adminKeys.revoke(commandContext(), id))) {
          throw new PasserbyError("BAD_USER_INPUT", {
            message: `There is no active admin key ${id}. \`passerby admin-key list\` lists them.`,
          });
        }
        print(null, {}, ["The admin key is revoked."]);
      }),
    );
}
