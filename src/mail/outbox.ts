/** The outbox: mails that wait in the database, sealed, because their links are secrets. */
import type { EntityManager } from "typeorm";
import { v7 as uuidv7 } from "uuid";
import type { Clock } from "../clock.ts";
import { insertRows } from "../database/insert-rows.ts";
import type { Vault } from "../encryption.ts";
import { OutgoingMail } from "../entities/outgoing-mail.ts";
import { type Mail, type MailKind, mailKinds, type Outbox } from "./mail.ts";
import { issueMailToken } from "./mail-tokens.ts";

/** What is sealed; null is a mail to nobody. */
export type MailContent = {
  readonly kind: MailKind;
  readonly to: string;
  readonly page: string | null;
  readonly token: string | null;
  /** Absent in mails that were written before there was such a thing. */
  readonly isLink?: boolean;
} | null;

const sealContext = (id: string): string => `mail:${id}`;

/** @throws Error when the master key is another */
export const openContent = (vault: Vault, { id, contentEncrypted }: OutgoingMail): MailContent =>
  JSON.parse(vault.open(contentEncrypted, sealContext(id))) as MailContent;

/** A decoy is as long as a mail, so that the file says as little as the answer. */
const DECOY = `null${" ".repeat(200)}`;

export function createOutbox({
  vault,
  clock,
  isOpen,
  prompt,
}: {
  vault: Vault;
  clock: Clock;
  isOpen: boolean;
  prompt: () => void;
}): Outbox {
  const plan = (content: string): OutgoingMail => {
    const now = clock.now();
    const id = uuidv7({ msecs: now.getTime() });
    const contentEncrypted = vault.seal(content, sealContext(id));
    return { id, contentEncrypted, createdAt: now, nextAttemptAt: now, attempts: 0 };
  };
  const issueToken = (
    manager: EntityManager,
    { kind, credentialId, registrationId = null }: Extract<Mail, { credentialId: string }>,
  ): Promise<string> =>
    issueMailToken(manager, { credentialId, registrationId, purpose: mailKinds[kind], now: clock.now() });
  return {
    isOpen,
    prompt,
    async add(manager, mail) {
      if (!isOpen) return;
      const { kind, to } = mail;
      const content: MailContent =
        "credentialId" in mail
          ? {
              kind,
              to,
              page: mail.page,
              token: await issueToken(manager, mail),
              isLink: mail.isLink ?? false,
            }
          : { kind, to, page: null, token: null };
      await insertRows(manager, { entity: OutgoingMail, rows: [plan(JSON.stringify(content))] });
    },
    async addDecoy(manager) {
      if (isOpen) await insertRows(manager, { entity: OutgoingMail, rows: [plan(DECOY)] });
    },
  };
}
