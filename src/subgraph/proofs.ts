/** Verifies that a request has the key to which its access token is bound (DPoP, RFC 9449 §7). */
import { base64url, calculateJwkThumbprint, EmbeddedJWK, type JWK, type JWTPayload, jwtVerify } from "jose";
import { AccessTokenError } from "./access-token-error.ts";
import { BoundedMap } from "./bounded-map.ts";
import type { AccessTokenClaims } from "./claims.ts";
import type { ResolvedOptions } from "./options.ts";

/** How a request presents its access token. */
export interface TokenRequest {
  /** Of the Authorization header. */
  readonly scheme: "Bearer" | "DPoP";
  /** The header `DPoP`; null for none. */
  readonly proof: string | null;
  /** HTTP method. */
  readonly method: string;
  /** The URL of the request. If `resourceUrl` is not set, proofs must be for this host and path. */
  readonly url: string;
}

/** @throws AccessTokenError PROOF_INVALID */
export type CheckPossession = (
  token: string,
  claims: AccessTokenClaims,
  request: TokenRequest | undefined,
) => Promise<void>;

/** Those of the gateway. */
const algorithms = ["ES256", "Ed25519", "EdDSA"];
/** Proofs have 500 to 1,000 characters. */
const MAX_PROOF = 4_096;
const MAX_ID = 256;
const PROOF_SECONDS = 60;
/** Used proofs that are remembered; a flood of requests by one client forgets only the oldest. */
const MAX_USED = 50_000;

export function createPossessionCheck(options: ResolvedOptions): CheckPossession {
  const used = new BoundedMap<true>(MAX_USED);
  return async (token, claims, request) => {
    const thumbprint = claims.cnf?.jkt;
    if (thumbprint === undefined && request?.scheme !== "DPoP") return;
    if (thumbprint === undefined)
      throw invalid("The access token is not bound to a key: it must be sent as Bearer.");
    if (!request)
      throw invalid("The request was not passed to the verifier, so its proof cannot be verified.");
    if (request.scheme !== "DPoP") throw invalid("The Authorization header must read `DPoP <access token>`.");
    if (request.proof === null) throw invalid("The header DPoP is missing.");
    const id = await verifyProof(options, { token, thumbprint, proof: request.proof, request });
    if (options.reusedProofs === "accept") return;
    if (used.get(id)) throw invalid("The proof was used before.");
    used.set(id, true);
  };
}

/** @returns what identifies the proof */
async function verifyProof(
  { now, resourceUrl }: Pick<ResolvedOptions, "now" | "resourceUrl">,
  expected: { token: string; thumbprint: string; proof: string; request: TokenRequest },
): Promise<string> {
  const { token, thumbprint, proof, request } = expected;
  if (proof.length > MAX_PROOF) throw invalid("The proof is too long.");
  const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
    typ: "dpop+jwt",
    algorithms,
    currentDate: now(),
  }).catch((cause: unknown) => {
    throw invalid(cause);
  });
  if ((await calculateJwkThumbprint(protectedHeader.jwk as JWK)) !== thumbprint) {
    throw invalid("The proof is by another key.");
  }
  requireClaims(payload, request, { resourceUrl, nowSeconds: +now() / 1_000 });
  if (payload.ath !== (await hashOf(token))) throw invalid("`ath` is not the hash of the access token.");
  return `${thumbprint}.${payload.jti}`;
}

function requireClaims(
  { htm, htu, iat, jti }: JWTPayload,
  { method, url }: TokenRequest,
  { resourceUrl, nowSeconds }: { resourceUrl: string | null; nowSeconds: number },
): void {
  if (htm !== method) throw invalid(`\`htm\` is not ${method}.`);
  if (!isSamePlace(htu, resourceUrl ?? url, { withScheme: resourceUrl !== null })) {
    throw invalid(
      resourceUrl === null
        ? `\`htu\` is not ${url}. Set the option resourceUrl to the URL that clients use.`
        : `\`htu\` is not the option resourceUrl, ${resourceUrl}.`,
    );
  }
  if (typeof iat !== "number" || !(Math.abs(iat - nowSeconds) <= PROOF_SECONDS + 1)) {
    throw invalid("`iat` is not within a minute of now.");
  }
  if (typeof jti !== "string" || jti === "" || jti.length > MAX_ID)
    throw invalid("`jti` is missing or too long.");
}

/** Without query and fragment (RFC 9449 §4.3); behind a proxy that ends TLS, the scheme of a request is unknown. */
function isSamePlace(htu: unknown, expected: string, { withScheme }: { withScheme: boolean }): boolean {
  const [given, wanted] = [placeOf(htu), placeOf(expected)];
  if (!given || !wanted) return false;
  const isHere = given.host === wanted.host && given.pathname === wanted.pathname;
  return isHere && (!withScheme || given.protocol === wanted.protocol);
}

function placeOf(url: unknown): URL | null {
  try {
    return new URL(String(url));
  } catch {
    return null;
  }
}

async function hashOf(token: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  return base64url.encode(new Uint8Array(hash));
}

const invalid = (cause: unknown): AccessTokenError =>
  new AccessTokenError("PROOF_INVALID", "The request has no valid proof (DPoP) for this access token.", {
    cause: typeof cause === "string" ? new Error(cause) : cause,
  });
