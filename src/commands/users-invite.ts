/** users send-resets: emails imported users a link to choose a password. */
import { setTimeout as pause } from "node:timers/promises";
import type { Command } from "commander";
import { PasserbyError } from "../errors.ts";
import { requireProvider } from "../identity/enabled-provider.ts";
import { countUninvited, inviteToReset, listUninvited } from "../identity/passwords/password-invitations.ts";
import type { Services } from "../services.ts";
import { wholeNumber } from "./arguments.ts";
import { commandContext, createProgress, print, withCore } from "./run.ts";

interface InviteOptions {
  readonly perMinute: number;
  readonly dryRun?: boolean;
}

const PAGE = 100;

export function addInviteCommand(users: Command): void {
  users
    .command("send-resets")
    .description(
      "send each imported user without a password an email with a link to choose one; at most one per user in four days",
    )
    .option(
      "--per-minute <count>",
      "emails per minute; set what your mail server allows",
      wholeNumber(1, 100_000),
      60,
    )
    .option("--dry-run", "count the emails, send none")
    .action((options: InviteOptions) =>
      withCore(async ({ services }) => {
        const total = await countUninvited(services.reads);
        if (options.dryRun) return print(null, {}, [`${emails(total)} would be queued.`]);
        print(null, {}, [
          `${emails(await invite(services, total, options))} queued. The running gateway sends them.`,
        ]);
      }),
    );
}

async function invite(services: Services, total: number, { perMinute }: InviteOptions): Promise<number> {
  const { outbox, reads } = services;
  const provider = "local-userpass";
  requireProvider(services, { provider });
  if (!outbox.isEnabled) {
    throw new PasserbyError("SERVICE_UNAVAILABLE", {
      message: "Emails cannot be sent. Set SMTP_URL and MAIL_FROM first.",
    });
  }
  const progress = createProgress("Queuing emails");
  let [after, written] = ["", 0];
  for (;;) {
    const page = await listUninvited(reads, { after, limit: PAGE });
    for (const uninvited of page) {
      if (await inviteToReset(services, commandContext(), { provider, uninvited })) written += 1;
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

const emails = (count: number): string => (count === 1 ? "1 email" : `${count} emails`);
