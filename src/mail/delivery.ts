/**
 * Delivery: mails that are due go to the mail server. A mail is claimed by one UPDATE, so gateways of one database send
 * each once. Only who dies between the server's answer and the deletion leaves a mail that is sent again.
 */
import type { Logger } from "pino";
import type { EntityManager } from "typeorm";
import { singleFlight } from "../cache.ts";
import { type Clock, DAY_SECONDS, secondsAfter } from "../clock.ts";
import { execute } from "../database/sql.ts";
import type { Writes } from "../database/writes.ts";
import type { Encryption } from "../encryption.ts";
import { OutgoingEmail } from "../entities/outgoing-email.ts";
import { MAIL_TOKEN_MINUTES, renewEmailToken } from "./email-tokens.ts";
import { type EmailContent, openContent } from "./outbox.ts";
import type { Render } from "./templates.ts";
import { EmailFailure, type Sender, type Transport } from "./transport.ts";

const AT_ONCE = 5;
/** The longest that one attempt may take. */
const ATTEMPT_SECONDS = 30;
/** A claimed mail is nobody else's for this long; longer than an attempt takes. */
const CLAIM_SECONDS = 2 * ATTEMPT_SECONDS;
const FIRST_PAUSE_SECONDS = 5;
const LONGEST_PAUSE_SECONDS = 3_600;
/** How long a mail is tried for. */
export const MAIL_DAYS = 2;
/** What a stop allows a mail that is just being handed over. */
const STOP_MS = 5_000;

export interface Delivery {
  /** Sends all that is due, and resolves when nothing is. Never twice at once in a process. */
  run(): Promise<void>;
  /** Runs at once, or once more after the run that is under way. */
  prompt(): void;
  /** Begins no more, and waits a moment for what is under way. */
  close(): Promise<void>;
}

/** Five seconds after the first failure, three times that after each further one, an hour at most. */
export const pauseSeconds = (attempts: number): number =>
  Math.min(FIRST_PAUSE_SECONDS * 3 ** (attempts - 1), LONGEST_PAUSE_SECONDS);

interface DeliveryParts {
  readonly reads: EntityManager;
  readonly writes: Writes;
  readonly clock: Clock;
  readonly encryption: Encryption;
  readonly log: Logger;
  readonly transport: Transport;
  readonly render: Render;
  readonly from: Sender;
}

export function createDelivery(parts: DeliveryParts): Delivery {
  const { reads, clock, log } = parts;
  const aborting = new AbortController();
  let isClosed = false;
  let isPrompted = false;

  const run = singleFlight(async (): Promise<void> => {
    while (!isClosed) {
      isPrompted = false;
      const due = await listDue(reads, clock.now());
      await Promise.all(due.map((mail) => deliver(parts, mail, aborting.signal)));
      if (due.length === 0 && !isPrompted) return;
    }
  });
  return {
    run,
    prompt() {
      isPrompted = true;
      if (!isClosed) run().catch((error) => log.warn({ err: error }, "mails wait for their next turn"));
    },
    async close() {
      isClosed = true;
      const timer = setTimeout(() => aborting.abort(), STOP_MS);
      await run().catch(() => {});
      clearTimeout(timer);
    },
  };
}

const listDue = (reads: EntityManager, now: Date): Promise<OutgoingEmail[]> =>
  reads
    .createQueryBuilder(OutgoingEmail, "mail")
    .where("mail.nextAttemptAt <= :now", { now: +now })
    .orderBy("mail.nextAttemptAt")
    .limit(AT_ONCE)
    .getMany();

async function deliver(parts: DeliveryParts, mail: OutgoingEmail, stopping: AbortSignal): Promise<void> {
  const { writes, clock, log, transport } = parts;
  const content = readContent(parts, mail);
  if (!(await claim(parts, mail, content)) || !content) return;
  const attempts = mail.attempts + 1;
  const about = { mailId: mail.id, kind: content.kind, attempts };
  try {
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(ATTEMPT_SECONDS * 1_000)]);
    await transport.send({ id: mail.id, to: content.to, ...compose(parts, content) }, signal);
    await writes.transaction((manager) => remove(manager, mail));
    log.debug(about, "a mail is sent");
  } catch (error) {
    const failed =
      error instanceof EmailFailure ? { ...about, reason: error.reason } : { ...about, err: error };
    const now = clock.now();
    const isTooOld = secondsAfter(mail.createdAt, MAIL_DAYS * DAY_SECONDS) <= now;
    if (isTooOld || (error instanceof EmailFailure && error.isPermanent)) {
      await writes.transaction((manager) => remove(manager, mail));
      log.error(failed, "a mail is given up");
      return;
    }
    const nextAttemptAt = stopping.aborted ? now : secondsAfter(now, pauseSeconds(attempts));
    await writes.transaction((manager) =>
      execute(manager, "UPDATE outgoing_emails SET next_attempt_at = ? WHERE id = ? AND attempts = ?", [
        +nextAttemptAt,
        mail.id,
        attempts,
      ]),
    );
    log.warn({ ...failed, nextAttemptAt }, "a mail was not taken and will be tried again");
  }
}

/** null for a mail to nobody, and for one that another master key sealed: that one can never be read again. */
function readContent({ encryption, log }: DeliveryParts, mail: OutgoingEmail): EmailContent {
  try {
    return openContent(encryption, mail);
  } catch (error) {
    log.error({ mailId: mail.id, err: error }, "a mail cannot be opened, and is given up");
    return null;
  }
}

/** Of all that want to send it, one gets true. A mail to nobody, or whose token is of no use any more, is dropped. */
function claim(
  { writes, clock }: DeliveryParts,
  mail: OutgoingEmail,
  content: EmailContent,
): Promise<boolean> {
  return writes.transaction(async (manager) => {
    const now = clock.now();
    const claimed = await execute(
      manager,
      "UPDATE outgoing_emails SET attempts = ?, next_attempt_at = ? WHERE id = ? AND attempts = ? AND next_attempt_at = ?",
      [mail.attempts + 1, +secondsAfter(now, CLAIM_SECONDS), mail.id, mail.attempts, +mail.nextAttemptAt],
    );
    if (claimed === 0) return false;
    const isOfUse = content && (!content.token || (await renewEmailToken(manager, content.token, now)));
    if (!isOfUse) await remove(manager, mail);
    return Boolean(isOfUse);
  });
}

const remove = (manager: EntityManager, { id }: OutgoingEmail): Promise<number> =>
  execute(manager, "DELETE FROM outgoing_emails WHERE id = ?", [id]);

function compose(
  { render, from }: DeliveryParts,
  { kind, to, page, token, isLink = false }: NonNullable<EmailContent>,
) {
  return render(kind, {
    email: to,
    sender: from.name || from.address.slice(from.address.lastIndexOf("@") + 1),
    link: page && token ? linkTo(page, token) : "",
    token: page ? "" : (token ?? ""),
    added: isLink ? to : "",
    minutes: String(MAIL_TOKEN_MINUTES),
  });
}

function linkTo(page: string, token: string): string {
  const url = new URL(page);
  url.searchParams.set("token", token);
  // Pages of apps on the Realm SDK send both, and do nothing without; the token alone is what counts.
  url.searchParams.set("tokenId", "mail");
  return url.href;
}
