import { type KeyObject, verify } from "node:crypto";
import type { SigningKeys } from "./signing-keys.ts";

/** The required claims of a JWT of this gateway (RFC 7519 §4.1). Times are seconds. */
export interface ExpectedJwt {
  /** The header's `typ`: other kinds of JWTs signed with the same keys are rejected (RFC 8725 §3.11). */
  readonly typ: string;
  readonly issuer: string;
  readonly audience: string;
  readonly nowSeconds: number;
}

export interface VerifiedJwt {
  readonly kid: string;
  readonly claims: Readonly<Record<string, unknown>> & { readonly exp: number };
}

type JsonObject = Record<string, unknown>;

/** In characters; tokens of this gateway have about 600. A longer JWT is not parsed. */
const MAX_JWT = 8_192;
const ES256_BYTES = 64;

/**
 * Verifies a JWT that these keys signed with ES256 (RFC 7515 §5.2, RFC 7518 §3.4).
 *
 * It does so on the calling thread: 0.1 ms there is less than a turn in the thread pool of libuv, which WebCrypto (and so
 * `jose`) waits for and which password hashing, DNS and files share. The signature is checked last, because the other
 * checks cost next to nothing.
 * @throws Error naming the check that failed, for the log alone
 */
export function verifyJwt(
  signingKeys: Pick<SigningKeys, "find">,
  jwt: string,
  expected: ExpectedJwt,
): VerifiedJwt {
  const parts = jwt.length <= MAX_JWT ? jwt.split(".", 4) : [];
  const [header = "", payload = "", signature = ""] = parts;
  check(parts.length === 3, "form");
  const { alg, typ, kid, crit } = parseObject(header);
  check(alg === "ES256", "alg");
  check(typ === expected.typ, "typ");
  // This gateway uses no critical extensions, so a JWT that requires some is rejected (RFC 7515 §4.1.11).
  check(crit === undefined, "crit");
  const key = typeof kid === "string" ? signingKeys.find(kid) : null;
  const claims = parseObject(payload);
  requireClaims(claims, expected);
  if (!key || typeof kid !== "string") throw new Error("JWT: kid");
  check(isSignedWith(key, `${header}.${payload}`, signature), "signature");
  return { kid, claims };
}

function check(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`JWT: ${what}`);
}

function parseObject(part: string): JsonObject {
  const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
  check(typeof value === "object" && value !== null && !Array.isArray(value), "JSON");
  return value as JsonObject;
}

function requireClaims(
  claims: JsonObject,
  { issuer, audience, nowSeconds }: ExpectedJwt,
): asserts claims is JsonObject & { exp: number } {
  const { iss, aud, exp, nbf, iat } = claims;
  check(iss === issuer, "iss");
  check(aud === audience || (Array.isArray(aud) && aud.includes(audience)), "aud");
  check(typeof exp === "number" && exp > nowSeconds, "exp");
  check(nbf === undefined || (typeof nbf === "number" && nbf <= nowSeconds), "nbf");
  check(iat === undefined || typeof iat === "number", "iat");
}

function isSignedWith(key: KeyObject, input: string, signature: string): boolean {
  const bytes = Buffer.from(signature, "base64url");
  // Node decodes base64url leniently; only the canonical encoding is accepted.
  if (bytes.length !== ES256_BYTES || bytes.toString("base64url") !== signature) return false;
  return verify("sha256", Buffer.from(input), { key, dsaEncoding: "ieee-p1363" }, bytes);
}
