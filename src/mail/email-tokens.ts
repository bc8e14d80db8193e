/** Single-use tokens in the links of emails: 256 random bits, stored hashed, each for one purpose. */
import { randomBytes } from "node:crypto";
import type { EntityManager } from "typeorm";
import { secondsAfter } from "../clock.ts";
import { insertRows } from "../database/insert-rows.ts";
import { execute } from "../database/sql.ts";
import { hashSecret } from "../encryption.ts";
import { EmailToken, type EmailTokenPurpose } from "../entities/email-token.ts";

/** Counted from when the email is sent, so that the link of a delayed email still works. */
export const MAIL_TOKEN_MINUTES = 30;
/** Of a code and its link, counted in the same way, but an email that could not be sent for so long is void. */
export const CODE_MINUTES = 10;
const TOKEN_PREFIX = "pbl_";

const expiresAfter = (now: Date): Date => secondsAfter(now, MAIL_TOKEN_MINUTES * 60);

interface PresentedToken {
  readonly token: string;
  readonly purpose: EmailTokenPurpose;
  readonly now: Date;
}

export async function issueEmailToken(
  manager: EntityManager,
  {
    credentialId,
    registrationId = null,
    purpose,
    now,
  }: { credentialId: string; registrationId?: string | null; purpose: EmailTokenPurpose; now: Date },
): Promise<string> {
  const token = TOKEN_PREFIX + randomBytes(32).toString("base64url");
  const row = {
    hash: hashSecret(token),
    credentialId,
    registrationId,
    purpose,
    expiresAt: expiresAfter(now),
  };
  await insertRows(manager, { entity: EmailToken, rows: [row] });
  return token;
}

/** Whether a text has the form of an email token. */
export const isEmailToken = (token: string): boolean => /^pbl_[\w-]{43}$/.test(token);

/** null when the token was used or invalidated, has expired, is for another purpose, or never existed */
export async function findEmailToken(
  reads: EntityManager,
  { token, purpose, now }: PresentedToken,
): Promise<EmailToken | null> {
  const found = await reads.findOneBy(EmailToken, { hash: hashSecret(token), purpose });
  return found && found.expiresAt > now ? found : null;
}

/** Deletes the token. Of concurrent uses one returns true. */
export async function consumeEmailToken(
  manager: EntityManager,
  { token, purpose, now }: PresentedToken,
): Promise<boolean> {
  const consumed = await execute(
    manager,
    "DELETE FROM email_tokens WHERE hash = ? AND purpose = ? AND expires_at > ?",
    [hashSecret(token), purpose, +now],
  );
  return consumed > 0;
}

/** Restarts the token's lifetime. @returns false when it was used or invalidated, so that its email need not be sent */
export async function renewEmailToken(manager: EntityManager, token: string, now: Date): Promise<boolean> {
  const renewed = await execute(manager, "UPDATE email_tokens SET expires_at = ? WHERE hash = ?", [
    +expiresAfter(now),
    hashSecret(token),
  ]);
  return renewed > 0;
}

/** The same for the login flow of a code and link, unless it has expired. */
export async function renewCode(manager: EntityManager, token: string, now: Date): Promise<boolean> {
  const renewed = await execute(
    manager,
    "UPDATE login_flows SET expires_at = ? WHERE hash = ? AND expires_at > ?",
    [+secondsAfter(now, CODE_MINUTES * 60), hashSecret(token), +now],
  );
  return renewed > 0;
}
