/**
 * Solves challenges of guests (ALTCHA version 2, PBKDF2). Without a worker of its own: WebCrypto derives keys outside of the
 * page's thread, and a page's Content-Security-Policy need not permit a script for it.
 */

/** What `PROOF_OF_WORK_REQUIRED` brings in `extensions.challenge`. */
export interface Challenge {
  readonly parameters: {
    readonly algorithm: string;
    readonly cost: number;
    readonly keyLength?: number;
    readonly keyPrefix: string;
    readonly nonce: string;
    readonly salt: string;
  };
  readonly signature: string;
}

/** Derivations at a time: more than the threads that a browser has for them wins nothing. */
const PARALLEL = 8;
const MAX_COUNTER = 2 ** 32;

/** @returns what `loginAnonymous(proofOfWork:)` takes; null for a challenge that cannot be solved here */
export async function solveChallenge(challenge: Challenge): Promise<string | null> {
  const { algorithm, cost, keyLength = 32, keyPrefix, nonce, salt } = challenge.parameters;
  const hash = /^PBKDF2\/(SHA-(?:256|384|512))$/.exec(algorithm)?.[1];
  if (!hash || !globalThis.crypto?.subtle) return null;
  const derivation = { name: "PBKDF2", salt: bytesOf(salt), iterations: cost, hash };
  const deriveKey = async (counter: number): Promise<string> => {
    const password = bytesOf(nonce + counter.toString(16).padStart(8, "0"));
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    return hexOf(await crypto.subtle.deriveBits(derivation, key, keyLength * 8));
  };
  for (let first = 0; first < MAX_COUNTER; first += PARALLEL) {
    const keys = await Promise.all(Array.from({ length: PARALLEL }, (_, index) => deriveKey(first + index)));
    const found = keys.findIndex((key) => key.startsWith(keyPrefix.toLowerCase()));
    if (found >= 0)
      return btoa(
        JSON.stringify({ challenge, solution: { counter: first + found, derivedKey: keys[found] } }),
      );
  }
  return null;
}

const bytesOf = (hex: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

const hexOf = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
