/** Verifies proofs of possession (DPoP, RFC 9449 §4.3). Whether a proof was used before is decided elsewhere. */
import { createPublicKey, hash, type KeyObject, type VerifyKeyObjectInput, verify } from "node:crypto";
import { LRUCache } from "lru-cache";
import { PasserbyError } from "../../errors.ts";
import type { KeyProof } from "../../request-context.ts";
import { parseUrl } from "../../text/parse-url.ts";

/** What a proof must be made for. */
export interface ExpectedProof {
  /** HTTP method. */
  readonly method: string;
  /** The URLs that the client may have sent the request to, normalized and without a query. */
  readonly urls: readonly string[];
  readonly nowSeconds: number;
}

interface Algorithm {
  readonly kty: string;
  readonly crv: string;
  /** The members of a public key that its thumbprint covers, in their order (RFC 7638 §3.2, RFC 8037 §2). */
  readonly members: readonly string[];
  readonly digest: string | null;
}

const ed25519: Algorithm = { kty: "OKP", crv: "Ed25519", members: ["crv", "kty", "x"], digest: null };

/** No RSA: a large modulus or exponent in the proof would cost the gateway far more than the client. */
const algorithms: Readonly<Record<string, Algorithm>> = {
  ES256: { kty: "EC", crv: "P-256", members: ["crv", "kty", "x", "y"], digest: "sha256" },
  Ed25519: ed25519,
  // The older name of the same (RFC 9864).
  EdDSA: ed25519,
};

export const proofAlgorithms: readonly string[] = Object.keys(algorithms);

/** How far `iat` may be from now. */
export const PROOF_SECONDS = 60;
/** Proofs have 500 to 1,000 characters. A longer one is not parsed. */
const MAX_PROOF = 4_096;
const MAX_ID = 256;
/** A coordinate of both curves: 32 bytes. */
const COORDINATE = /^[\w-]{43}$/;
const SIGNATURE_BYTES = 64;
/** Reading a key costs as much as verifying a signature, and a client has one key for all of its requests. */
const MAX_CACHED_KEYS = 2_000;
type JsonObject = Readonly<Record<string, unknown>>;

/** @throws PasserbyError INVALID_DPOP_PROOF saying what is wrong */
export type VerifyProof = (proof: string, expected: ExpectedProof) => Promise<KeyProof>;

/** A verifier that remembers keys. */
export function createProofVerifier(): VerifyProof {
  const keys = new LRUCache<string, KeyObject>({ max: MAX_CACHED_KEYS });
  return (proof, expected) => verifyProof(proof, expected, keys);
}

/**
 * By hand, as `verifyJwt`: `jose` needs more than twice the time, which a login would notice (docs/decisions). The signature
 * is verified last, and in the thread pool.
 */
async function verifyProof(
  proof: string,
  expected: ExpectedProof,
  keys: LRUCache<string, KeyObject>,
): Promise<KeyProof> {
  if (proof.length > MAX_PROOF) throw invalidProof(`it has more than ${MAX_PROOF} characters.`);
  const [header = "", payload = "", signature = "", ...rest] = proof.split(".");
  if (rest.length > 0 || signature === "" || !/^[\w.-]+$/.test(proof)) {
    throw invalidProof("send one JWT in one header `DPoP`.");
  }
  const { typ, alg, jwk, crit } = parsePart(header);
  if (typ !== "dpop+jwt") throw invalidProof("its `typ` must be dpop+jwt.");
  const algorithm = typeof alg === "string" && Object.hasOwn(algorithms, alg) ? algorithms[alg] : undefined;
  if (!algorithm) throw invalidProof(`its \`alg\` must be one of ${proofAlgorithms.join(", ")}.`);
  if (crit !== undefined) throw invalidProof("it must have no `crit`.");
  const key = readKey(jwk, algorithm, keys);
  const { jti, ...claims } = readClaims(parsePart(payload), expected);
  if (!(await isSigned(`${header}.${payload}`, signature, key, algorithm))) {
    throw invalidProof("its signature is not one of the key in its `jwk`.");
  }
  const id = sha256(`${key.thumbprint}.${jti}`);
  return { thumbprint: key.thumbprint, id, ...claims };
}

/** Names what a client has to change; nothing about a proof is secret from the client that sent it. */
export const invalidProof = (problem: string, details: Record<string, unknown> = {}): PasserbyError =>
  new PasserbyError("INVALID_DPOP_PROOF", { message: `The DPoP proof is not valid: ${problem}`, details });

/** `ath` of a token (RFC 9449 §4.2), and what ids of proofs are stored as. */
export const sha256 = (text: string): string => hash("sha256", text, "base64url");

function parsePart(part: string): JsonObject {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  } catch {}
  throw invalidProof("it is not a JWT.");
}

function readKey(
  jwk: unknown,
  { kty, crv, members }: Algorithm,
  keys: LRUCache<string, KeyObject>,
): { thumbprint: string; object: KeyObject } {
  if (typeof jwk !== "object" || jwk === null)
    throw invalidProof("its header needs the public key as `jwk`.");
  const given = jwk as JsonObject;
  if (["d", "k", "p", "q"].some((secret) => secret in given)) {
    throw invalidProof("its `jwk` has the private key. Never send that: make a new key.");
  }
  const isFitting =
    given.kty === kty &&
    given.crv === crv &&
    members.every((member) => member.length > 1 || isCoordinate(given[member]));
  if (!isFitting) throw invalidProof(`its \`jwk\` must be a public key of ${crv}, for its \`alg\`.`);
  const key = Object.fromEntries(members.map((member) => [member, given[member]]));
  const thumbprint = sha256(JSON.stringify(key));
  const known = keys.get(thumbprint);
  if (known) return { thumbprint, object: known };
  try {
    const object = createPublicKey({ format: "jwk", key });
    keys.set(thumbprint, object);
    return { thumbprint, object };
  } catch {
    throw invalidProof(`its \`jwk\` is no point of ${crv}.`);
  }
}

/** Only the canonical encoding, so that a key has one thumbprint. */
const isCoordinate = (value: unknown): boolean =>
  typeof value === "string" &&
  COORDINATE.test(value) &&
  Buffer.from(value, "base64url").toString("base64url") === value;

function readClaims(
  { htm, htu, iat, jti, ath, exp, nbf }: JsonObject,
  { method, urls, nowSeconds }: ExpectedProof,
): { jti: string } & Pick<KeyProof, "url" | "issuedAtSeconds" | "accessTokenHash"> {
  if (htm !== method) throw invalidProof(`its \`htm\` must be ${method}.`);
  const url = typeof htu === "string" ? urls.find((each) => isSameUrl(htu, each)) : undefined;
  if (url === undefined) throw invalidProof(`its \`htu\` must be ${urls.join(" or ")}.`);
  if (typeof jti !== "string" || jti === "" || jti.length > MAX_ID) {
    throw invalidProof(`its \`jti\` must be a random text of 1 to ${MAX_ID} characters.`);
  }
  if (typeof iat !== "number" || !(Math.abs(iat - nowSeconds) <= PROOF_SECONDS)) {
    throw invalidProof(
      `its \`iat\` must be within ${PROOF_SECONDS} seconds of the gateway's clock, which is in \`serverTime\`.`,
      { serverTime: nowSeconds },
    );
  }
  const isDue =
    (exp === undefined || Number(exp) > nowSeconds) && (nbf === undefined || Number(nbf) <= nowSeconds);
  if (!isDue) throw invalidProof("its `exp` or `nbf` does not include now.");
  if (ath !== undefined && typeof ath !== "string") throw invalidProof("its `ath` must be a text.");
  return { jti, url, issuedAtSeconds: iat, accessTokenHash: ath ?? null };
}

/** RFC 9449 §4.3: without query and fragment, after normalization. */
function isSameUrl(given: string, expected: string): boolean {
  if (given === expected) return true;
  const url = parseUrl(given);
  return url !== null && url.origin + url.pathname === expected;
}

function isSigned(
  input: string,
  signature: string,
  { object }: { object: KeyObject },
  { digest }: Algorithm,
): Promise<boolean> {
  const bytes = Buffer.from(signature, "base64url");
  if (bytes.length !== SIGNATURE_BYTES) return Promise.resolve(false);
  // RFC 7518 §3.4 requires R and S concatenated, not DER; Ed25519 has one encoding.
  const key: VerifyKeyObjectInput = { key: object, dsaEncoding: "ieee-p1363" };
  return new Promise((resolve) => {
    verify(digest, Buffer.from(input), key, bytes, (error, isValid) => resolve(!error && isValid));
  });
}
