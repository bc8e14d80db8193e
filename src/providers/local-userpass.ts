import { IsNull } from "typeorm";
import type { z } from "zod";
import { PasswordCredential } from "../entities/password-credential.ts";
import { PasserbyError } from "../errors.ts";
import {
  findCredential,
  type Provider,
  StaleVerificationError,
  type VerificationContext,
  type VerifiedIdentity,
} from "../identity/provider.ts";
import { canonicalEmail, MAX_EMAIL_CHARACTERS } from "../text/email-address.ts";
import { requireEmail } from "./emails/required-email.ts";
import {
  decoyHash,
  hashPassword,
  matchPassword,
  requireGoodPassword,
  verifyPassword,
} from "./local-userpass/passwords.ts";
import { findNewestPending } from "./local-userpass/pending.ts";
import { register, verifyNew } from "./local-userpass/registration.ts";
import { type Settings, settings } from "./local-userpass/settings.ts";

interface EmailPassword {
  readonly email: string;
  readonly password: string;
}

/** Email and password, stored as an argon2id hash. */
export const localUserpass: Provider<EmailPassword, Settings> = {
  name: "local-userpass",
  type: "local-userpass",
  displayName: "Email and password",
  canSignIn: true,
  onePerUser: true,
  canBeLinked: true,
  confirmsEmails: true,
  credentials: "emailPassword",
  settings: settings as unknown as z.ZodType<Settings>,
  accountOf: ({ email }) => canonicalEmail(email) ?? email.slice(0, MAX_EMAIL_CHARACTERS),
  register,

  async verify(context, { email, password }) {
    const isLink = context.purpose === "link";
    const known = await findCredential(context.reads, email);
    const isUnknown = !known || known.isPending;
    const owner = isLink && isUnknown ? await findCodeOwner(context, email) : null;
    const isTaken = owner !== null && owner !== context.linkingUserId;
    if (isLink && isUnknown && !isTaken)
      return verifyNew(context, { email, password }, { known, isConfirmed: owner !== null });
    const waiting = known?.isPending ? await findNewestPending(context.reads, known) : null;
    const storedHash = waiting?.passwordHash ?? known?.passwordHash ?? decoyHash;
    const { isRight, unprepared } = await matchPassword(storedHash, password);
    if (!known || !isRight || isTaken) throw new PasserbyError("INVALID_CREDENTIALS");
    // Only a client that knows the password is told that the email is not confirmed.
    if (known.isPending) throw new PasserbyError("EMAIL_NOT_CONFIRMED");
    return toVerifiedIdentity(
      known,
      unprepared === null ? known.passwordHash : await hashPassword(unprepared),
    );
  },

  passwords: {
    needsConfirmation: ({ confirmation }) => confirmation === "email",
    allowsReset: ({ passwordReset }) => passwordReset === "email",
    pages: ({ confirmUrl, resetUrl }) => ({ confirm: confirmUrl ?? null, reset: resetUrl ?? null }),
    normalizeEmail: requireEmail,
    hash: async (password, settings) => hashPassword(await requireGoodPassword(password, settings)),
    verify: verifyPassword,
  },
};

/** The user who has confirmed the email by a code, and has no password for it; null if there is none. */
async function findCodeOwner(
  { reads, findEmailOwner }: VerificationContext<Settings>,
  typed: string,
): Promise<string | null> {
  const email = canonicalEmail(typed);
  return email === null ? null : findEmailOwner(reads, email);
}

/** @param currentHash a hash of the same password; differs from the stored one if that has an older form */
function toVerifiedIdentity(
  { id, email, passwordHash, isPending, confirmedAt }: PasswordCredential,
  currentHash: string,
): VerifiedIdentity {
  return {
    subject: id,
    email,
    emailVerified: confirmedAt !== null,
    // A spelling from before canonical forms is another account.
    isEmailConfirmed: confirmedAt !== null && canonicalEmail(email) === email,
    profile: null,
    // Locks the row: a concurrent change of the password waits, or has committed before.
    recheck: async (manager) => {
      const { affected } = await manager.update(
        PasswordCredential,
        { id, passwordHash, isPending },
        { isPending, passwordHash: currentHash },
      );
      if (affected !== 1) throw new StaleVerificationError();
    },
    attach: async (manager, identityId) => {
      const { affected } = await manager.update(
        PasswordCredential,
        { id, identityId: IsNull() },
        { identityId },
      );
      if (affected !== 1) throw new StaleVerificationError();
    },
  };
}
