/** Mails to imported users, so that they choose a password. */
import { setTimeout as pause } from "node:timers/promises";
import type { Command } from "commander";
import { PasserbyError } from "../errors.ts";
import { requireProvider } from "../identity/enabled-provider.ts";
import { countUninvited, inviteToReset, listUninvited } from "../identity/passwords/password-invitations.ts";
import type { Services } from "../services.ts";
import { wholeNumber } from "./arguments.ts";
import { createProgress, print, withCore } from "./run.ts";

interface InviteOptions {
  readonly perMinute: number;
  readonly dryRun?: boolean;
}

const PAGE = 100;

export function addInviteCommand(users: Command): void {
  users
    .command("send-resets")
    .description(
      "mail imported users that have no password a link to choose one; nobody gets two within four days",
    )
    .option(
      "--per-minute <count>",
      "how many mails a minute, as your mail server allows",
      wholeNumber(1, 100_000),
      60,
    )
    .option("--dry-run", "say how many, and send nothing")
    .action((options: InviteOptions) =>
      withCore(async ({ services }) => {
        const total = await countUninvited(services.reads);
        if (options.dryRun) return print(null, {}, [`${mails(total)} would be written.`]);
        print(null, {}, [
          `${mails(await invite(services, total, options))} written. The gateway that runs sends them.`,
        ]);
      }),
    );
}

async function invite(services: Services, total: number, { perMinute }: InviteOptions): Promise<number> {
  const { outbox, reads } = services;
  const provider = "local-userpass";
  requireProvider(services, { provider });
  if (!outbox.isEnabled) {
    throw new PasserbyError("SERVICE_UNAVAILABLE", { message: "No mail can go out. Set SMTP_URL first." });
  }
  const progress = createProgress("Writing mails");
  let [after, written] = ["", 0];
  for (;;) {
    const page = await listUninvited(reads, { after, limit: PAGE });
    for (const uninvited of page) {
      if (await inviteToReset(services, { provider, uninvited })) written += 1;
      progress.update(written, Math.max(written, total));
      await pause(60_000 / perMinute);
    }
    const last = page.at(-1);
    if (!last) break;
    after = last.id;
  }
  progress.end();
  return written;
}

const mails = (count: number): string => (count === 1 ? "1 mail" : `${count} mails`);
