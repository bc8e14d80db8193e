/** Access tokens (JWT, RFC 7519, signed as RFC 7515 compact serialization) and refresh tokens (opaque). */
import { createHmac, timingSafeEqual } from "node:crypto";
import { LRUCache } from "lru-cache";
import { stringify as formatUuid, parse as parseUuid } from "uuid";
import { type Clock, secondsAfter } from "../../clock.ts";
import type { Encryption } from "../../encryption.ts";
import type { Session } from "../../entities/session.ts";
import type { User } from "../../entities/user.ts";
import { PasserbyError } from "../../errors.ts";
import { sessionExpiresAt } from "../lifetimes.ts";
import type { IdentityPolicy } from "../policy.ts";
import { createJwtSigner } from "./sign-jwt.ts";
import type { SigningKeys } from "./signing-keys.ts";
import { verifyJwt } from "./verify-jwt.ts";

/** The claims of a valid access token. */
export interface AccessClaims {
  readonly userId: string;
  readonly sessionId: string;
  readonly issuedAtSeconds: number;
  readonly expiresAtSeconds: number;
}

export interface Tokens {
  /**
   * Valid for `accessTokenSeconds`, but never longer than its session.
   * @param claims additional claims for the clients of a surface
   */
  issueAccessToken(
    user: User,
    session: Session,
    claims?: Readonly<Record<string, unknown>>,
  ): { accessToken: string; accessTokenExpiresAt: Date };
  /** @throws PasserbyError UNAUTHENTICATED for every kind of invalid token */
  verifyAccessToken(token: string): Promise<AccessClaims>;
  /** The refresh token of a session's generation: deterministic, and not computable without the master key. */
  deriveRefreshToken(sessionId: string, generation: number): string;
  /** @throws PasserbyError UNAUTHENTICATED when this gateway did not issue it */
  readRefreshToken(token: string): { sessionId: string; generation: number };
}

const ACCESS_TOKEN_TYP = "JWT";
const REFRESH_PREFIX = "pbr_";
/** Session id 16, generation 4, HMAC-SHA256 of both 32 bytes. */
const [ID_END, GENERATION_END, REFRESH_BYTES] = [16, 20, 52];
/** Size of the cache of verified tokens; about 1 kB each. */
const MAX_CACHED_TOKENS = 10_000;

/** The claims of an access token, and the response of its introspection. */
export const accessClaims = (
  { issuer, audience }: Pick<IdentityPolicy, "issuer" | "audience">,
  token: { caller: { user: User; session: Session }; issuedAtSeconds: number; expiresAtSeconds: number },
) => ({
  iss: issuer,
  sub: token.caller.user.id,
  aud: audience,
  iat: token.issuedAtSeconds,
  exp: token.expiresAtSeconds,
  sid: token.caller.session.id,
  is_anonymous: token.caller.user.isAnonymous,
  amr: [token.caller.session.provider],
  auth_time: toSeconds(token.caller.session.createdAt),
  // RFC 9449 §6.1.
  ...(token.caller.session.keyThumbprint !== null && { cnf: { jkt: token.caller.session.keyThumbprint } }),
});

export const toSeconds = (time: Date): number => Math.floor(time.getTime() / 1_000);

export function createTokens({
  signingKeys,
  policy,
  clock,
  encryption,
}: {
  signingKeys: SigningKeys;
  policy: IdentityPolicy;
  clock: Clock;
  encryption: Encryption;
}): Tokens {
  const refreshKey = encryption.deriveKey("refresh-token");
  const signJwt = createJwtSigner(signingKeys, ACCESS_TOKEN_TYP);
  const verified = new LRUCache<string, AccessClaims & { kid: string }>({ max: MAX_CACHED_TOKENS });

  const authenticateBytes = (body: Uint8Array): Buffer =>
    createHmac("sha256", refreshKey).update(body).digest();

  return {
    issueAccessToken(user, session, claims) {
      const now = clock.now();
      const fullLife = secondsAfter(now, policy.accessTokenSeconds);
      const sessionEnd = sessionExpiresAt({ user, session }, policy);
      const accessTokenExpiresAt = sessionEnd && sessionEnd < fullLife ? sessionEnd : fullLife;
      const own = accessClaims(policy, {
        caller: { user, session },
        issuedAtSeconds: toSeconds(now),
        expiresAtSeconds: toSeconds(accessTokenExpiresAt),
      });
      const accessToken = signJwt(claims ? { ...claims, ...own } : own);
      return { accessToken, accessTokenExpiresAt };
    },

    async verifyAccessToken(token) {
      const now = clock.now();
      const known = verified.get(token);
      if (known && signingKeys.find(known.kid)) {
        if (known.expiresAtSeconds > toSeconds(now)) return known;
        throw new PasserbyError("UNAUTHENTICATED");
      }
      try {
        const { kid, claims: payload } = verifyJwt(signingKeys, token, {
          typ: ACCESS_TOKEN_TYP,
          issuer: policy.issuer,
          audience: policy.audience,
          nowSeconds: toSeconds(now),
        });
        const { sub: userId, sid: sessionId } = payload;
        if (typeof userId !== "string" || typeof sessionId !== "string") throw new Error("JWT: sub or sid");
        const claims = {
          userId,
          sessionId,
          kid,
          issuedAtSeconds: Number(payload.iat),
          expiresAtSeconds: payload.exp,
        };
        verified.set(token, claims);
        return claims;
      } catch (cause) {
        throw new PasserbyError("UNAUTHENTICATED", { cause });
      }
    },

    deriveRefreshToken(sessionId, generation) {
      const body = Buffer.alloc(GENERATION_END);
      body.set(parseUuid(sessionId));
      body.writeUInt32BE(generation, ID_END);
      return REFRESH_PREFIX + Buffer.concat([body, authenticateBytes(body)]).toString("base64url");
    },
    readRefreshToken(token) {
      const bytes = Buffer.from(token.slice(REFRESH_PREFIX.length), "base64url");
      const isOurs =
        bytes.length === REFRESH_BYTES &&
        REFRESH_PREFIX + bytes.toString("base64url") === token &&
        timingSafeEqual(authenticateBytes(bytes.subarray(0, GENERATION_END)), bytes.subarray(GENERATION_END));
      if (!isOurs) {
        throw new PasserbyError("UNAUTHENTICATED", {
          message: "This is not a refresh token of this gateway. Log in again.",
        });
      }
      return { sessionId: formatUuid(bytes.subarray(0, ID_END)), generation: bytes.readUInt32BE(ID_END) };
    },
  };
}
