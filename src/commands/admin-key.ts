import type { Command } from "commander";
import { PasserbyError } from "../errors.ts";
import { clip, notice, type OutputOptions, print, table, withCore } from "./run.ts";
import { formatTime } from "./times.ts";

export function addAdminKeyCommands(program: Command): void {
  const adminKey = program.command("admin-key").description("keys that open the admin graph");

  adminKey
    .command("create <name>")
    .description("make a key; it is shown this once")
    .option("--json", "for programs")
    .action((name: string, options: OutputOptions) =>
      withCore(async ({ services }) => {
        const { adminKey, secret } = await services.adminKeys.create(name);
        print({ id: adminKey.id, name: adminKey.name, secret }, options, [secret]);
        notice(`Shown this once. Revoke it with: passerby admin-key revoke ${adminKey.id}`, options);
      }),
    );

  adminKey
    .command("list")
    .description("all keys, newest first")
    .option("--json", "for programs")
    .action((options: OutputOptions) =>
      withCore(async ({ services }) => {
        const keys = await services.adminKeys.list();
        print(
          keys.map(({ hash: _, ...shown }) => shown),
          options,
          keys.length === 0
            ? ["There is no key but the one in ADMIN_KEY."]
            : table(
                ["ID", "NAME", "LAST USED", "STATE"],
                keys.map((key) => [
                  key.id,
                  clip(key.name),
                  formatTime(key.lastUsedAt),
                  key.revokedAt ? "revoked" : "on",
                ]),
              ),
        );
      }),
    );

  adminKey
    .command("revoke <id>")
    .description("end a key at once")
    .action((id: string) =>
      withCore(async ({ services }) => {
        if (!(await services.adminKeys.revoke(id))) {
          throw new PasserbyError("BAD_USER_INPUT", {
            message: `There is no key ${id} in use. \`passerby admin-key list\` shows them.`,
          });
        }
        print(null, {}, ["The key is revoked."]);
      }),
    );
}
