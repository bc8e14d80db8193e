/** Verifies signatures of Standard Webhooks (https://www.standardwebhooks.com), with Web Crypto: HMAC-SHA-256, `v1`. */
import { concatenate } from "./request-body.ts";

export interface SignedRequest {
  /** A header by its name in lower case; null when it is absent. */
  header(name: string): string | null;
  readonly body: Uint8Array;
}

export type SignatureResult =
  /** `webhook-id`, which is the event's id. */
  | { readonly isValid: true; readonly id: string }
  /** For the log: the sender does not get it. */
  | { readonly isValid: false; readonly problem: string };

export type CheckSignature = (request: SignedRequest) => Promise<SignatureResult>;

/** Node's types have no global `CryptoKey`. */
type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** A captured delivery is worth nothing after this time; within it, its id is known. */
const TOLERANCE_SECONDS = 300;
const [MIN_KEY_BYTES, MAX_KEY_BYTES] = [24, 64];
/** 32 bytes, in their only canonical spelling (RFC 4648 §3.5). */
const SIGNATURE = /^v1,([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)$/;

/** @throws TypeError when a secret is not `whsec_…` */
export function createSignatureCheck(secrets: readonly string[], now: () => Date): CheckSignature {
  const keys = readSecrets(secrets);
  let imported: Promise<Key[]> | null = null;
  return async ({ header, body }) => {
    const invalid = (problem: string): SignatureResult => ({ isValid: false, problem });
    const [id, timestamp, signatures] = ["id", "timestamp", "signature"].map((name) =>
      header(`webhook-${name}`),
    );
    if (!id || !timestamp || !signatures) {
      return invalid("the headers webhook-id, webhook-timestamp and webhook-signature are required");
    }
    const age = /^\d{1,12}$/.test(timestamp) ? +now() / 1_000 - Number(timestamp) : Number.NaN;
    if (!(Math.abs(age) <= TOLERANCE_SECONDS)) {
      return invalid(
        "webhook-timestamp is more than five minutes from the clock of this server: check the clock",
      );
    }
    imported ??= Promise.all(keys.map(importKey));
    const signed = concatenate([new TextEncoder().encode(`${id}.${timestamp}.`), body]);
    const expected = await Promise.all((await imported).map((key) => sign(key, signed)));
    // Every pair is compared, so that the time does not tell which secret or signature was near.
    const matches = signatures
      .split(" ")
      .flatMap((each) => SIGNATURE.exec(each)?.[1] ?? [])
      .map(decodeBase64)
      .flatMap((given) => expected.map((each) => isEqual(given, each)));
    if (matches.includes(true)) return { isValid: true, id };
    return invalid(
      "no signature was made with one of the secrets: check that they are of this endpoint, and that nothing changes the body on its way",
    );
  };
}

function readSecrets(secrets: readonly string[]): Uint8Array<ArrayBuffer>[] {
  if (!Array.isArray(secrets) || secrets.length === 0) {
    throw new TypeError("secrets must be a list of at least one secret of a webhook endpoint.");
  }
  return secrets.map((secret) => {
    const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(String(secret))?.[1];
    const key = encoded && encoded.length % 4 === 0 ? decodeBase64(encoded) : new Uint8Array();
    if (key.length >= MIN_KEY_BYTES && key.length <= MAX_KEY_BYTES) return key;
    // Without the value, which is a secret although it is not a valid one.
    throw new TypeError(
      "Each of secrets must be as createWebhookEndpoint or rotateWebhookSecret showed it: `whsec_…`.",
    );
  });
}

const decodeBase64 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

const importKey = (key: Uint8Array<ArrayBuffer>): Promise<Key> =>
  crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);

const sign = async (key: Key, signed: Uint8Array<ArrayBuffer>): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.sign("HMAC", key, signed));

/** In constant time. Both have 32 bytes. */
function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  let difference = one.length ^ other.length;
  for (const [index, byte] of one.entries()) difference |= byte ^ (other[index] ?? 0);
  return difference === 0;
}
