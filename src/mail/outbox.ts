/** The outbox: mails that wait in the database, sealed, because their links are secrets. */
import type { EntityManager } from "typeorm";
import { v7 as uuidv7 } from "uuid";
import type { Clock } from "../clock.ts";
import { insertRows } from "../database/insert-rows.ts";
import type { Encryption } from "../encryption.ts";
import { OutgoingEmail } from "../entities/outgoing-email.ts";
import { issueEmailToken } from "./email-tokens.ts";
import { type EmailKind, emailKinds, type Mail, type Outbox } from "./mail.ts";

/** What is sealed; null is a mail to nobody. */
export type EmailContent = {
  readonly kind: EmailKind;
  readonly to: string;
  readonly page: string | null;
  readonly token: string | null;
  /** Absent in mails that were written before there was such a thing. */
  readonly isLink?: boolean;
} | null;

const encryptionContext = (id: string): string => `mail:${id}`;

/** @throws Error when the master key is another */
export const openContent = (encryption: Encryption, { id, contentEncrypted }: OutgoingEmail): EmailContent =>
  JSON.parse(encryption.decrypt(contentEncrypted, encryptionContext(id))) as EmailContent;

/** A decoy is as long as a mail, so that the file says as little as the answer. */
const DECOY = `null${" ".repeat(200)}`;

export function createOutbox({
  encryption,
  clock,
  isOpen,
  prompt,
}: {
  encryption: Encryption;
  clock: Clock;
  isOpen: boolean;
  prompt: () => void;
}): Outbox {
  const plan = (content: string): OutgoingEmail => {
    const now = clock.now();
    const id = uuidv7({ msecs: now.getTime() });
    const contentEncrypted = encryption.encrypt(content, encryptionContext(id));
    return { id, contentEncrypted, createdAt: now, nextAttemptAt: now, attempts: 0 };
  };
  const issueToken = (
    manager: EntityManager,
    { kind, credentialId, registrationId = null }: Extract<Mail, { credentialId: string }>,
  ): Promise<string> =>
    issueEmailToken(manager, { credentialId, registrationId, purpose: emailKinds[kind], now: clock.now() });
  return {
    isOpen,
    prompt,
    async add(manager, mail) {
      if (!isOpen) return;
      const { kind, to } = mail;
      const content: EmailContent =
        "credentialId" in mail
          ? {
              kind,
              to,
              page: mail.page,
              token: await issueToken(manager, mail),
              isLink: mail.isLink ?? false,
            }
          : { kind, to, page: null, token: null };
      await insertRows(manager, { entity: OutgoingEmail, rows: [plan(JSON.stringify(content))] });
    },
    async addDecoy(manager) {
      if (isOpen) await insertRows(manager, { entity: OutgoingEmail, rows: [plan(DECOY)] });
    },
  };
}
