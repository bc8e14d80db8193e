/**
 * Challenges of altcha-lib and their solutions. The gateway stores nothing for a challenge: it is signed, with its level and
 * expiry. Verified here, since the library asks for the time of the machine and for the thread pool, which passwords share.
 */
import { createHmac, randomInt, timingSafeEqual } from "node:crypto";
import { type Challenge, createChallenge } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/pbkdf2";

export type { Challenge };

/** A solution that was verified. */
export interface Proof {
  /** Of its challenge: two solutions of one are one proof. */
  readonly id: string;
  readonly level: number;
  readonly expiresAt: Date;
}

export type ProofFault = "MALFORMED" | "INVALID" | "EXPIRED";

export interface ProofOfWork {
  createChallenge(level: number, now: Date): Promise<Challenge>;
  /** @param text base64 of the JSON `{ challenge, solution }` */
  verify(text: string, now: Date): Proof | ProofFault;
}

/** From the challenge to the login: a phone that solves the highest level, over a slow connection. */
const CHALLENGE_SECONDS = 120;
/** What the library makes has about 720. */
const MAX_CHARACTERS = 2_048;

/**
 * One key derivation takes a slow phone about half a millisecond, most of it not for the hash: with fewer iterations attackers
 * would gain on browsers, with more the gateway pays for challenges. A browser has to try half of MAX_TRIES on average,
 * and never more than all of them.
 */
const ITERATIONS = 200;
const MAX_TRIES = 500;

/** In the order in which the library signs them; `level` is in `data`. */
const SIGNED_FIELDS = [
  "algorithm",
  "cost",
  "data",
  "expiresAt",
  "keyLength",
  "keyPrefix",
  "keySignature",
  "level",
  "nonce",
  "salt",
];

/** @param key derived for this purpose */
export function createProofOfWork(key: Buffer): ProofOfWork {
  const [hmacSignatureSecret, hmacKeySignatureSecret] = [
    `challenge:${key.toString("hex")}`,
    `key:${key.toString("hex")}`,
  ];
  return {
    createChallenge: (level, now) =>
      createChallenge({
        algorithm: "PBKDF2/SHA-256",
        cost: ITERATIONS,
        counter: randomInt(1, MAX_TRIES * 2 ** (level - 1) + 1),
        data: { level },
        expiresAt: Math.ceil(now.getTime() / 1_000) + CHALLENGE_SECONDS,
        deriveKey,
        hmacSignatureSecret,
        hmacKeySignatureSecret,
      }),
    verify(text, now) {
      const { challenge, solution } = read(text) ?? {};
      const { parameters, signature } = challenge ?? {};
      if (typeof parameters !== "object" || typeof signature !== "string") return "MALFORMED";
      if (typeof solution?.derivedKey !== "string") return "MALFORMED";
      // What has this signature was made by `createChallenge`.
      const signed = JSON.stringify(parameters, SIGNED_FIELDS);
      if (!isMac(signature, hmacSignatureSecret, signed)) return "INVALID";
      const { data, expiresAt, keySignature } = parameters as SignedParameters;
      if (expiresAt * 1_000 <= now.getTime()) return "EXPIRED";
      if (!isHash(solution.derivedKey)) return "INVALID";
      const derivedKey = Buffer.from(solution.derivedKey, "hex");
      if (!isMac(keySignature, hmacKeySignatureSecret, derivedKey)) return "INVALID";
      return { id: signature, level: data.level, expiresAt: new Date(expiresAt * 1_000) };
    },
  };
}

interface SignedParameters {
  readonly data: { readonly level: number };
  readonly expiresAt: number;
  readonly keySignature: string;
}

interface Payload {
  readonly challenge?: { readonly parameters?: unknown; readonly signature?: unknown } | null;
  readonly solution?: { readonly derivedKey?: unknown } | null;
}

/** null unless it is base64, with either alphabet, of a JSON object. */
function read(text: string): Payload | null {
  if (text.length > MAX_CHARACTERS || !/^[\w+/-]+={0,2}$/.test(text)) return null;
  try {
    return JSON.parse(Buffer.from(text, "base64").toString()) as Payload | null;
  } catch {
    return null;
  }
}

/** In the only spelling that is accepted: another one of a signature would be another proof. */
const isHash = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);

function isMac(given: string, secret: string, content: string | Buffer): boolean {
  const mac = createHmac("sha256", secret).update(content).digest();
  return isHash(given) && timingSafeEqual(Buffer.from(given, "hex"), mac);
}
