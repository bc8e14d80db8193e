/** Verifies tokens of other issuers (RFC 7519, RFC 8725): the checks that ID tokens and custom tokens share. */
import { errors, type JWTPayload, type JWTVerifyOptions, jwtVerify } from "jose";
import { parseJson } from "../../text/read-json.ts";
import type { TokenHeader } from "./key-set.ts";
import type { Key, KeySource } from "./key-source.ts";

/** Why a token is rejected; the client may see the message. */
export class TokenError extends Error {
  override readonly name = "TokenError";
}

export interface TokenRules {
  /** Absent: any. */
  readonly issuers?: readonly string[];
  /** One of them must be in the token's `aud`; absent: not checked. */
  readonly audiences?: readonly string[];
  readonly algorithms: readonly string[];
  /** How far the issuer's clock may be off, for `exp`, `nbf` and `iat` alike. */
  readonly skewSeconds: number;
  readonly requiredClaims: readonly string[];
  readonly now: Date;
}

export interface ReadToken {
  readonly header: TokenHeader;
  readonly payload: JWTPayload;
}

/** RFC 8725 §3.11: a token whose `typ` states another purpose is not accepted for login. */
const ACCEPTED_TYPES: readonly unknown[] = [undefined, "jwt", "id_token+jwt"];
/** OpenID Connect Back-Channel Logout 1.0 §2.4: a logout token without `typ` is known by this event. */
const LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout";

/** The unverified header of a token. @throws TokenError when a token with this header is never accepted */
export function readToken(token: string): ReadToken {
  const [first, second, third, ...more] = token.split(".");
  if (first === undefined || second === undefined || third === undefined || more.length > 0)
    throw new TokenError("This is not a JSON Web Token.");
  const header = readPart(first);
  const payload = readPart(second);
  const { typ, alg, kid } = header;
  const type = typeof typ === "string" ? typ.toLowerCase().replace(/^application\//, "") : typ;
  const { events } = payload;
  if (!ACCEPTED_TYPES.includes(type) || (isObject(events) && Object.hasOwn(events, LOGOUT_EVENT)))
    throw new TokenError("The token's `typ` is not accepted: it is not a token for login.");
  // RFC 7515 §4.1.11: no extensions are supported, nor is `b64` (RFC 7797 §6).
  if (header.crit !== undefined || header.b64 !== undefined)
    throw new TokenError("The token's header requires an extension that is not supported (`crit`).");
  if (typeof alg !== "string") throw new TokenError("The token's header has no `alg`.");
  if (kid !== undefined && typeof kid !== "string")
    throw new TokenError("The token's `kid` is not a string.");
  return { header: { alg, kid }, payload };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function readPart(part: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = parseJson(utf8.decode(Buffer.from(part, "base64url")));
  } catch (cause) {
    throw new TokenError("This is not a JSON Web Token, or it is nested too deep.", { cause });
  }
  if (!isObject(json)) throw new TokenError("This is not a JSON Web Token.");
  return json;
}

/**
 * Verifies a token: first its signature, with each key that may have signed it, then its claims.
 * @throws TokenError, and what the key source throws when keys are unavailable
 */
export async function verifyToken(token: string, source: KeySource, rules: TokenRules): Promise<JWTPayload> {
  const { header } = readToken(token);
  if (!rules.algorithms.includes(header.alg))
    throw new TokenError("The token is signed with an algorithm that is not accepted.");
  const options: JWTVerifyOptions = {
    algorithms: [...rules.algorithms],
    clockTolerance: rules.skewSeconds,
    requiredClaims: [...rules.requiredClaims],
    currentDate: rules.now,
    ...(rules.issuers && { issuer: [...rules.issuers] }),
    ...(rules.audiences && { audience: [...rules.audiences] }),
  };
  const known = await source.find(header, rules.now);
  const newer = (): Promise<readonly Key[]> => source.findNewer(header, rules.now);
  const payload =
    (await verifyWithAny(token, known, options)) ??
    // Reloading may fail; the signature is invalid with the known keys either way.
    (await verifyWithAny(token, await (known.length > 0 ? newer().catch(() => []) : newer()), options));
  if (!payload) throw new TokenError("The token's signature is invalid.");
  requireTimes(payload, rules);
  return payload;
}

/** @returns null when no key verifies the signature */
async function verifyWithAny(
  token: string,
  keys: readonly Key[],
  options: JWTVerifyOptions,
): Promise<JWTPayload | null> {
  for (const key of keys) {
    try {
      return (await jwtVerify(token, key, options)).payload;
    } catch (cause) {
      if (cause instanceof errors.JWSSignatureVerificationFailed) continue;
      throw cause instanceof errors.JOSEError ? new TokenError(reasonFor(cause), { cause }) : cause;
    }
  }
  return null;
}

/** Not checked by `jose`: non-finite times, and `iat` in the future. */
function requireTimes(payload: JWTPayload, { now, skewSeconds }: TokenRules): void {
  for (const claim of ["exp", "nbf", "iat"] as const) {
    if (payload[claim] !== undefined && !Number.isFinite(payload[claim])) throw unacceptable(claim);
  }
  if (payload.iat !== undefined && payload.iat > +now / 1_000 + skewSeconds) throw unacceptable("iat");
}

const unacceptable = (claim: string): TokenError =>
  new TokenError(`The token's \`${claim}\` claim is not accepted.`);

function reasonFor(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return "The token has expired. Get a new one from its issuer.";
  if (error instanceof errors.JWTClaimValidationFailed)
    return `The token's \`${error.claim}\` claim is not accepted.`;
  if (error instanceof errors.JOSEAlgNotAllowed)
    return "The token is signed with an algorithm that is not accepted.";
  return "The token's signature is invalid.";
}
