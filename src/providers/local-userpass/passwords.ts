/** Password rules and password hashes. */
import { randomBytes } from "node:crypto";
import { type Algorithm, hash, verify } from "@node-rs/argon2";
import { NO_PASSWORD } from "../../entities/password-credential.ts";
import { PasserbyError } from "../../errors.ts";
import { isCommonPassword } from "./common-passwords.ts";
import { createHashQueue } from "./hash-queue.ts";
import { hashedForms, MAX_PASSWORD, passwordLength, preparePassword } from "./prepared-password.ts";

/** Argon2id, 19 MiB, 2 passes, 1 lane: the OWASP Password Storage Cheat Sheet's first choice for argon2id. */
const argon2id = {
  algorithm: 2 satisfies Algorithm as Algorithm,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
};

/** One for the whole process, because it limits the use of the machine's processors. */
const queue = createHashQueue();

const base64 = (bytes: Buffer): string => bytes.toString("base64").replaceAll("=", "");

/**
 * A hash that no password matches. It is verified if there is no account, or none with a password,
 * so that neither the response time nor a full queue reveals whether there is one (user enumeration).
 */
export const decoyHash = `$argon2id$v=19$m=${argon2id.memoryCost},t=${argon2id.timeCost},p=${argon2id.parallelism}$${base64(randomBytes(16))}$${base64(randomBytes(32))}`;

/** Rules that operators set. They apply to new passwords only, not to existing ones. */
export interface PasswordRules {
  /** In characters. */
  readonly minPasswordLength: number;
  readonly refuseCommonPasswords: boolean;
}

/**
 * @returns the prepared password, which is what is hashed
 * @throws PasserbyError WEAK_PASSWORD, whose `reason` names the broken rule; with `LENGTH` also `minLength` and
 *   `maxLength`, in characters
 */
export async function requireGoodPassword(password: string, rules: PasswordRules): Promise<string> {
  const prepared = preparePassword(password);
  const length = passwordLength(prepared ?? password);
  const { minPasswordLength: minLength, refuseCommonPasswords } = rules;
  if (length < minLength || length > MAX_PASSWORD) {
    throw new PasserbyError("WEAK_PASSWORD", {
      message: `The password needs ${minLength} to ${MAX_PASSWORD} characters.`,
      details: { reason: "LENGTH", minLength, maxLength: MAX_PASSWORD },
    });
  }
  if (prepared === null) {
    throw new PasserbyError("WEAK_PASSWORD", {
      message: "The password has a control character, such as a tab or a line break. Leave it out.",
      details: { reason: "CHARACTERS" },
    });
  }
  if (refuseCommonPasswords && (await isCommonPassword(prepared))) {
    throw new PasserbyError("WEAK_PASSWORD", {
      message: "This password is one of the most common ones, which are guessed first. Choose another.",
      details: { reason: "COMMON" },
    });
  }
  return prepared;
}

/**
 * @param prepared by `requireGoodPassword`
 * @throws PasserbyError SERVICE_UNAVAILABLE with `retryAfterSeconds` when too many passwords are being hashed
 */
export const hashPassword = (prepared: string): Promise<string> => queue.run(() => hash(prepared, argon2id));

export interface PasswordMatch {
  readonly isRight: boolean;
  /** The prepared password if the hash is of an unprepared form, which should be replaced; null otherwise. */
  readonly unprepared: string | null;
}

/**
 * Takes the same time for every hash: a real one, the decoy, and one of a password that could never have been set.
 * @throws PasserbyError SERVICE_UNAVAILABLE with `retryAfterSeconds` when too many passwords are being hashed
 */
export const matchPassword = (passwordHash: string, password: string): Promise<PasswordMatch> =>
  queue.run(async () => {
    const isSet = passwordHash !== NO_PASSWORD;
    const storedHash = isSet ? passwordHash : decoyHash;
    const forms = hashedForms(password);
    for (const form of forms.length > 0 ? forms : [""]) {
      const isRight = (await verify(storedHash, form)) && isSet && forms.length > 0;
      const prepared = preparePassword(password);
      if (isRight) return { isRight, unprepared: form === prepared ? null : prepared };
    }
    return { isRight: false, unprepared: null };
  });

/** @throws PasserbyError as `matchPassword` does */
export const verifyPassword = async (passwordHash: string, password: string): Promise<boolean> =>
  (await matchPassword(passwordHash, password)).isRight;
