/** The secrets in mails' links: 256 random bits each, stored as their hash, good for one purpose and one use. */
import { randomBytes } from "node:crypto";
import type { EntityManager } from "typeorm";
import { secondsAfter } from "../clock.ts";
import { insertRows } from "../database/insert-rows.ts";
import { execute } from "../database/sql.ts";
import { hashSecret } from "../encryption.ts";
import { EmailToken, type EmailTokenPurpose } from "../entities/email-token.ts";

/** Counted from when the mail is handed over, so that a late mail still has a link that works. */
export const MAIL_TOKEN_MINUTES = 30;
const TOKEN_PREFIX = "pbl_";

const expiresAfter = (now: Date): Date => secondsAfter(now, MAIL_TOKEN_MINUTES * 60);

interface Presented {
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

/** Whether a text has the form of such a token. */
export const isEmailToken = (token: string): boolean => /^pbl_[\w-]{43}$/.test(token);

/** null when the token is used, void, expired, for another purpose, or none at all */
export async function findEmailToken(
  reads: EntityManager,
  { token, purpose, now }: Presented,
): Promise<EmailToken | null> {
  const found = await reads.findOneBy(EmailToken, { hash: hashSecret(token), purpose });
  return found && found.expiresAt > now ? found : null;
}

/** Uses the token up: of any number of uses at the same moment one gets true. */
export async function consumeEmailToken(
  manager: EntityManager,
  { token, purpose, now }: Presented,
): Promise<boolean> {
  const taken = await execute(
    manager,
    "DELETE FROM email_tokens WHERE hash = ? AND purpose = ? AND expires_at > ?",
    [hashSecret(token), purpose, +now],
  );
  return taken > 0;
}

/** Begins the token's time again. @returns false when it was used or is void: its mail is of no use any more */
export async function renewEmailToken(manager: EntityManager, token: string, now: Date): Promise<boolean> {
  const renewed = await execute(manager, "UPDATE email_tokens SET expires_at = ? WHERE hash = ?", [
    +expiresAfter(now),
    hashSecret(token),
  ]);
  return renewed > 0;
}
