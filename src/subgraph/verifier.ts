/** Verifies access tokens with the gateway's published keys, without a request for each token unless `revocation` needs one. */
import { errors, jwtVerify } from "jose";
import { AccessTokenError } from "./access-token-error.ts";
import { type AccessTokenClaims, readClaims } from "./claims.ts";
import { createGatewayKeys } from "./gateway-keys.ts";
import { type ResolvedOptions, resolveOptions, type VerifierOptions } from "./options.ts";
import { createPossessionCheck, type TokenRequest } from "./proofs.ts";
import { createRevocationCheck } from "./revocation.ts";

/**
 * @param request how the token was presented. Without it a token that is bound to a key is rejected
 * @throws AccessTokenError
 */
export type Verifier = (token: string, request?: TokenRequest) => Promise<AccessTokenClaims>;

/** Tokens of the gateway have less than a thousand. */
const MAX_CHARACTERS = 8_192;

/**
 * A verifier that caches keys and revocation list between calls. Create one, and use it for every request.
 * @throws TypeError when the options are invalid
 */
export function createVerifier(options: VerifierOptions): Verifier {
  const resolved = resolveOptions(options);
  const gatewayKeys = createGatewayKeys(resolved);
  const checkRevocation = createRevocationCheck(resolved, gatewayKeys);
  const checkPossession = createPossessionCheck(resolved);
  return async (token, request) => {
    const claims = await verifySignature(resolved, gatewayKeys, token);
    await checkPossession(token, claims, request);
    return checkRevocation(token, claims);
  };
}

async function verifySignature(
  { issuer, audience, clockSkewSeconds, now }: ResolvedOptions,
  gatewayKeys: ReturnType<typeof createGatewayKeys>,
  token: string,
): Promise<AccessTokenClaims> {
  const invalid = (cause?: unknown): AccessTokenError =>
    new AccessTokenError("TOKEN_INVALID", "This is not a valid access token.", { cause });
  if (typeof token !== "string" || token.length > MAX_CHARACTERS) throw invalid();
  try {
    const { payload } = await jwtVerify(token, gatewayKeys, {
      // Pinned: the token must not choose the algorithm (RFC 8725 §3.1).
      algorithms: ["ES256"],
      typ: "JWT",
      issuer,
      audience,
      requiredClaims: ["sub", "sid", "iat", "exp"],
      clockTolerance: clockSkewSeconds,
      currentDate: now(),
    });
    const claims = readClaims(payload);
    if (!claims) throw invalid();
    return claims;
  } catch (error) {
    if (error instanceof AccessTokenError) throw error;
    if (error instanceof errors.JWTExpired) {
      throw new AccessTokenError("TOKEN_EXPIRED", "This access token has expired.", { cause: error });
    }
    throw invalid(error);
  }
}

const verifiers = new Map<string, { options: VerifierOptions; verify: Verifier }>();

/**
 * Verifies one token. Verifiers are cached by their options, so it costs no more than a verifier of `createVerifier`.
 * @throws AccessTokenError; TypeError when the options are invalid
 */
export async function verifyAccessToken(
  token: string,
  options: VerifierOptions,
  request?: TokenRequest,
): Promise<AccessTokenClaims> {
  // Functions are not in the JSON, so they are compared.
  const key = JSON.stringify(options);
  const known = verifiers.get(key);
  const isSame = known?.options.clock === options.clock && known?.options.fetch === options.fetch;
  if (known && isSame) return known.verify(token, request);
  const verify = createVerifier(options);
  verifiers.set(key, { options, verify });
  return verify(token, request);
}
