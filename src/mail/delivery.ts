/**
 * Delivery: sends the emails that are due to the mail server. Each is claimed by one UPDATE, so only one gateway of a
 * database sends it. It is sent twice only if a gateway crashes between the server's reply and the deletion.
 */
import type { Logger } from "pino";
import type { EntityManager } from "typeorm";
import { singleFlight } from "../cache.ts";
import { type Clock, DAY_SECONDS, secondsAfter } from "../clock.ts";
import { execute } from "../database/sql.ts";
import type { Writes } from "../database/writes.ts";
import type { Encryption } from "../encryption.ts";
import { OutgoingEmail } from "../entities/outgoing-email.ts";
import { CODE_MINUTES, MAIL_TOKEN_MINUTES, renewCode, renewEmailToken } from "./email-tokens.ts";
import { decryptContent, type EmailContent } from "./outbox.ts";
import type { Render } from "./templates.ts";
import { EmailFailure, type Sender, type Transport } from "./transport.ts";

const AT_ONCE = 5;
/** Timeout of one attempt. */
const ATTEMPT_SECONDS = 30;
/** How long an email is claimed by one gateway; longer than an attempt takes. */
const CLAIM_SECONDS = 2 * ATTEMPT_SECONDS;
const FIRST_PAUSE_SECONDS = 5;
const LONGEST_PAUSE_SECONDS = 3_600;
/** An email is retried for this long. */
export const MAIL_DAYS = 2;
/** How long `close` waits for emails that are being sent. */
const STOP_MS = 5_000;

export interface Delivery {
  /** Sends all emails that are due. Concurrent calls share one run. */
  run(): Promise<void>;
  /** Starts a run now, or another one after the current run. */
  prompt(): void;
  /** Starts nothing more, and waits a few seconds for emails that are being sent. */
  close(): Promise<void>;
}

/** Exponential backoff: five seconds after the first failure, three times as long after each further one, an hour at most. */
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
      await Promise.all(due.map((email) => deliver(parts, email, aborting.signal)));
      if (due.length === 0 && !isPrompted) return;
    }
  });
  return {
    run,
    prompt() {
      isPrompted = true;
      if (!isClosed)
        run().catch((error) => log.warn({ err: error }, "sending emails failed and will be tried again"));
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
    .createQueryBuilder(OutgoingEmail, "email")
    .where("email.nextAttemptAt <= :now", { now: +now })
    .orderBy("email.nextAttemptAt")
    .limit(AT_ONCE)
    .getMany();

async function deliver(parts: DeliveryParts, email: OutgoingEmail, stopping: AbortSignal): Promise<void> {
  const { writes, clock, log, transport } = parts;
  const content = readContent(parts, email);
  if (!(await claim(parts, email, content)) || !content) return;
  const attempts = email.attempts + 1;
  const about = { mailId: email.id, kind: content.kind, attempts };
  try {
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(ATTEMPT_SECONDS * 1_000)]);
    await transport.send({ id: email.id, to: content.to, ...compose(parts, content) }, signal);
    await writes.transaction((manager) => remove(manager, email));
    log.debug(about, "email sent");
  } catch (error) {
    const failed =
      error instanceof EmailFailure ? { ...about, reason: error.reason } : { ...about, err: error };
    const now = clock.now();
    const isTooOld = secondsAfter(email.createdAt, MAIL_DAYS * DAY_SECONDS) <= now;
    if (isTooOld || (error instanceof EmailFailure && error.isPermanent)) {
      await writes.transaction((manager) => remove(manager, email));
      log.error(failed, "email not delivered, and discarded");
      return;
    }
    const nextAttemptAt = stopping.aborted ? now : secondsAfter(now, pauseSeconds(attempts));
    await writes.transaction((manager) =>
      execute(manager, "UPDATE outgoing_emails SET next_attempt_at = ? WHERE id = ? AND attempts = ?", [
        +nextAttemptAt,
        email.id,
        attempts,
      ]),
    );
    log.warn({ ...failed, nextAttemptAt }, "email not delivered, will be tried again");
  }
}

/** null for a decoy, and for an email encrypted with another master key, which can never be read again. */
function readContent({ encryption, log }: DeliveryParts, email: OutgoingEmail): EmailContent {
  try {
    return decryptContent(encryption, email);
  } catch (error) {
    log.error({ mailId: email.id, err: error }, "email cannot be decrypted, and is discarded");
    return null;
  }
}

/** Of concurrent claims one returns true. A decoy, and an email whose token was used or invalidated, is deleted. */
function claim(
  { writes, clock }: DeliveryParts,
  email: OutgoingEmail,
  content: EmailContent,
): Promise<boolean> {
  return writes.transaction(async (manager) => {
    const now = clock.now();
    const claimed = await execute(
      manager,
      "UPDATE outgoing_emails SET attempts = ?, next_attempt_at = ? WHERE id = ? AND attempts = ? AND next_attempt_at = ?",
      [email.attempts + 1, +secondsAfter(now, CLAIM_SECONDS), email.id, email.attempts, +email.nextAttemptAt],
    );
    if (claimed === 0) return false;
    const isDeliverable = content && (await renew(manager, content, now));
    if (!isDeliverable) await remove(manager, email);
    return Boolean(isDeliverable);
  });
}

/** @returns false if the secret of the email is void, so that it need not be sent */
async function renew(
  manager: EntityManager,
  { kind, token }: NonNullable<EmailContent>,
  now: Date,
): Promise<boolean> {
  if (!token) return true;
  return kind === "code" ? renewCode(manager, token, now) : renewEmailToken(manager, token, now);
}

const remove = (manager: EntityManager, { id }: OutgoingEmail): Promise<number> =>
  execute(manager, "DELETE FROM outgoing_emails WHERE id = ?", [id]);

function compose(
  { render, from }: DeliveryParts,
  { kind, to, page, token, code = "", isLink = false }: NonNullable<EmailContent>,
) {
  return render(kind, {
    email: to,
    sender: from.name || from.address.slice(from.address.lastIndexOf("@") + 1),
    link: page && token ? linkTo(page, { token, isForRealm: kind !== "code" }) : "",
    token: page ? "" : (token ?? ""),
    code,
    added: isLink ? to : "",
    minutes: String(kind === "code" ? CODE_MINUTES : MAIL_TOKEN_MINUTES),
  });
}

function linkTo(page: string, { token, isForRealm }: { token: string; isForRealm: boolean }): string {
  const url = new URL(page);
  url.searchParams.set("token", token);
  // Pages written for the Realm SDK require `tokenId` too; only the token is verified.
  if (isForRealm) url.searchParams.set("tokenId", "mail");
  return url.href;
}
