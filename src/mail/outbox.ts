/** The outbox: emails that wait in the database, encrypted, because their links contain secrets. */
import type { EntityManager } from "typeorm";
import { v7 as uuidv7 } from "uuid";
import type { Clock } from "../clock.ts";
import { insertRows } from "../database/insert-rows.ts";
import type { Encryption } from "../encryption.ts";
import { OutgoingEmail } from "../entities/outgoing-email.ts";
import { issueEmailToken } from "./email-tokens.ts";
import { type Email, type EmailKind, emailKinds, type Outbox } from "./mail.ts";

/** What is encrypted; null for a decoy. */
export type EmailContent = {
  readonly kind: EmailKind;
  readonly to: string;
  readonly page: string | null;
  readonly token: string | null;
  /** The digits of a `code`. */
  readonly code?: string;
  /** Absent in emails that an older release wrote. */
  readonly isLink?: boolean;
} | null;

const encryptionContext = (id: string): string => `mail:${id}`;

/** @throws Error when it was encrypted with another master key */
export const decryptContent = (
  encryption: Encryption,
  { id, contentEncrypted }: OutgoingEmail,
): EmailContent => JSON.parse(encryption.decrypt(contentEncrypted, encryptionContext(id))) as EmailContent;

/** A decoy is as long as an email, so that the stored row does not reveal it either. */
const DECOY = `null${" ".repeat(200)}`;

export function createOutbox({
  encryption,
  clock,
  isEnabled,
  prompt,
}: {
  encryption: Encryption;
  clock: Clock;
  isEnabled: boolean;
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
    { kind, credentialId, registrationId = null }: Extract<Email, { credentialId: string }>,
  ): Promise<string> =>
    issueEmailToken(manager, { credentialId, registrationId, purpose: emailKinds[kind], now: clock.now() });
  const contentOf = async (manager: EntityManager, email: Email): Promise<EmailContent> => {
    const { kind, to } = email;
    if ("code" in email) return email;
    if (!("credentialId" in email)) return { kind, to, page: null, token: null };
    const { page, isLink = false } = email;
    return { kind, to, page, token: await issueToken(manager, email), isLink };
  };
  return {
    isEnabled,
    prompt,
    async add(manager, email) {
      if (!isEnabled) return;
      const content = await contentOf(manager, email);
      await insertRows(manager, { entity: OutgoingEmail, rows: [plan(JSON.stringify(content))] });
    },
    async addDecoy(manager) {
      if (isEnabled) await insertRows(manager, { entity: OutgoingEmail, rows: [plan(DECOY)] });
    },
  };
}
