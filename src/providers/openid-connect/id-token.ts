/** Validates ID tokens (OpenID Connect Core 1.0 §3.1.3.7): issuer, audience, time, nonce. */
import { createHash } from "node:crypto";
import type { JWTPayload } from "jose";
import { PasserbyError } from "../../errors.ts";
import { isIndexable } from "../../text/storable-text.ts";
import { ASYMMETRIC } from "../jwt/algorithms.ts";
import { readToken, TokenError, verifyToken } from "../jwt/verify-token.ts";
import { type Issuer, unavailable } from "./issuer.ts";

export const CLOCK_SKEW_SECONDS = 60;
const MAX_TOKEN = 65_536;
const MAX_SUBJECT = 1_000;

export interface IdTokenClaims extends JWTPayload {
  readonly sub: string;
}

/** @throws PasserbyError INVALID_CREDENTIALS, SERVICE_UNAVAILABLE when the issuer's keys cannot be fetched */
export async function verifyIdToken(
  token: string,
  {
    issuer,
    issuers,
    clientIds,
    now,
  }: { issuer: Issuer; issuers: readonly string[]; clientIds: readonly string[]; now: Date },
): Promise<IdTokenClaims> {
  if (token.length > MAX_TOKEN) throw invalidCredentials("The token is too long.");
  const claims = await verify();
  const { sub, aud, azp } = claims;
  // The issuer may have sent claims of other types than these.
  if (typeof sub !== "string" || sub.length > MAX_SUBJECT || !isIndexable(sub)) {
    throw invalidCredentials("The token has no usable `sub` claim.");
  }
  if (Array.isArray(aud) && aud.length > 1 && !clientIds.includes(String(azp))) {
    throw invalidCredentials("The token has several audiences, and its `azp` claim is not accepted.");
  }
  return { ...claims, sub };

  async function verify(): Promise<JWTPayload> {
    try {
      requireForUs(readToken(token).payload, issuers, clientIds);
      return await verifyToken(token, issuer.keys, {
        issuers,
        audiences: clientIds,
        algorithms: ASYMMETRIC,
        skewSeconds: CLOCK_SKEW_SECONDS,
        requiredClaims: ["iss", "sub", "aud", "exp", "iat"],
        now,
      });
    } catch (cause) {
      if (cause instanceof PasserbyError) throw cause;
      throw cause instanceof TokenError ? invalidCredentials(cause.message, cause) : unavailable(cause);
    }
  }
}

/** Checked before any keys are fetched: a token for another audience costs no request. */
function requireForUs(
  { iss, aud }: JWTPayload,
  issuers: readonly string[],
  clientIds: readonly string[],
): void {
  if (!issuers.includes(String(iss))) throw invalidCredentials("The token's `iss` claim is not accepted.");
  const audiences = Array.isArray(aud) ? aud : [aud];
  if (!audiences.some((each) => clientIds.includes(String(each)))) {
    throw invalidCredentials("The token's `aud` claim is not accepted.");
  }
}

/**
 * If the token has a nonce, the client must send it, and if the client sends one, the token must have it. SDKs
 * on phones put its SHA-256 into the token, in hexadecimal.
 * @throws PasserbyError INVALID_CREDENTIALS
 */
export function requireNonce({ nonce }: IdTokenClaims, given: string | null): void {
  if (nonce === undefined && given === null) return;
  if (given === null) throw invalidCredentials("The token has a nonce. Send the `nonce` too.");
  const hashed = createHash("sha256").update(given).digest("hex");
  if (nonce !== given && nonce !== hashed)
    throw invalidCredentials("The token's `nonce` claim is not the one sent.");
}

export const invalidCredentials = (message: string, cause?: unknown): PasserbyError =>
  new PasserbyError("INVALID_CREDENTIALS", { message, cause });
