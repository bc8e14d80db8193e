/** Passwords: which are good enough, and how they are kept. */
import { type Algorithm, hash, verify } from "@node-rs/argon2";
import { NO_PASSWORD } from "../../entities/password-credential.ts";
import { PasserbyError } from "../../errors.ts";
import { isCommonPassword } from "./common-passwords.ts";

const MOST_PASSWORD = 128;

/** Argon2id, 19 MiB, 2 passes, 1 lane: the OWASP Password Storage Cheat Sheet's first choice for argon2id. */
const argon2id = {
  algorithm: 2 satisfies Algorithm as Algorithm,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
};

/** Checked when nobody has that e-mail, so that the answer takes as long as for a wrong password. */
let decoy: Promise<string> | null = null;
export const decoyHash = (): Promise<string> => {
  decoy ??= hash("nobody has this password", argon2id);
  return decoy;
};

/** The rules that an operator may set; they hold for passwords that are chosen, never for those that are set already. */
export interface PasswordRules {
  /** In characters. */
  readonly minPasswordLength: number;
  readonly refuseCommonPasswords: boolean;
}

/**
 * @throws PasserbyError WEAK_PASSWORD, whose `reason` says which rule it breaks; with `LENGTH` also `minLength` and
 *   `maxLength`, in characters
 */
export async function requireGoodPassword(password: string, rules: PasswordRules): Promise<void> {
  const length = [...password.slice(0, 2 * MOST_PASSWORD + 2)].length;
  const { minPasswordLength: minLength, refuseCommonPasswords } = rules;
  if (length < minLength || length > MOST_PASSWORD) {
    throw new PasserbyError("WEAK_PASSWORD", {
      message: `The password needs ${minLength} to ${MOST_PASSWORD} characters.`,
      details: { reason: "LENGTH", minLength, maxLength: MOST_PASSWORD },
    });
  }
  if (refuseCommonPasswords && (await isCommonPassword(password))) {
    throw new PasserbyError("WEAK_PASSWORD", {
      message: "This password is one of the most common ones, which are guessed first. Choose another.",
      details: { reason: "COMMON" },
    });
  }
}

export const hashPassword = (password: string): Promise<string> => hash(password, argon2id);

/** A password that could never have been set costs the same as a wrong one, as does any where none is set. */
export async function verifyPassword(passwordHash: string, password: string): Promise<boolean> {
  const isPossible = passwordHash !== NO_PASSWORD && password.length <= 2 * MOST_PASSWORD;
  const hash = passwordHash === NO_PASSWORD ? await decoyHash() : passwordHash;
  return (await verify(hash, isPossible ? password : "")) && isPossible;
}
