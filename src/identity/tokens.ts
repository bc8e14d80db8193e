/** Access tokens (JWT, RFC 7519, signed as RFC 7515 compact serialization) and refresh tokens (opaque). */
import { createHmac, sign, timingSafeEqual } from "node:crypto";
import { jwtVerify } from "jose";
import { LRUCache } from "lru-cache";
import { stringify as formatUuid, parse as parseUuid } from "uuid";
import { type Clock, secondsAfter } from "../clock.ts";
import type { Session } from "../entities/session.ts";
import type { User } from "../entities/user.ts";
import { PasserbyError } from "../errors.ts";
import type { Vault } from "../vault.ts";
import type { IdentityPolicy } from "./policy.ts";
import type { SigningKeys } from "./signing-keys.ts";

/** What a valid access token says. */
export interface AccessClaims {
  readonly userId: string;
  readonly sessionId: string;
}

export interface Tokens {
  /** @param claims what else a surface's clients read in it */
  issueAccessToken(
    user: User,
    session: Session,
    claims?: Readonly<Record<string, unknown>>,
  ): { accessToken: string; accessTokenExpiresAt: Date };
  /** @throws PasserbyError UNAUTHENTICATED, whatever is wrong with it */
  verifyAccessToken(token: string): Promise<AccessClaims>;
  /** The refresh token of a session's generation: always the same one, known to nobody without the master key. */
  deriveRefreshToken(sessionId: string, generation: number): string;
  /** @throws PasserbyError UNAUTHENTICATED when this gateway never made it */
  readRefreshToken(token: string): { sessionId: string; generation: number };
}

const REFRESH_PREFIX = "pbr_";
/** Session id 16, generation 4, HMAC-SHA256 of both 32 bytes. */
const [ID_END, GENERATION_END, REFRESH_BYTES] = [16, 20, 52];
/** Verified tokens that are remembered; about 1 kB each. */
const REMEMBERED_TOKENS = 10_000;

const encodeJson = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const toSeconds = (time: Date): number => Math.floor(time.getTime() / 1_000);

export function createTokens({
  signingKeys,
  policy,
  clock,
  vault,
}: {
  signingKeys: SigningKeys;
  policy: IdentityPolicy;
  clock: Clock;
  vault: Vault;
}): Tokens {
  const refreshKey = vault.deriveKey("refresh-token");
  const headers = new Map<string, string>();
  const verified = new LRUCache<string, AccessClaims & { kid: string; expiresAtSeconds: number }>({
    max: REMEMBERED_TOKENS,
  });

  const headerFor = (kid: string): string => {
    const header = headers.get(kid) ?? encodeJson({ alg: "ES256", typ: "JWT", kid });
    headers.set(kid, header);
    return header;
  };

  const authenticateBytes = (body: Uint8Array): Buffer =>
    createHmac("sha256", refreshKey).update(body).digest();

  return {
    issueAccessToken(user, session, claims = {}) {
      const { kid, privateKey } = signingKeys.current();
      const now = clock.now();
      const accessTokenExpiresAt = secondsAfter(now, policy.accessTokenSeconds);
      const payload = encodeJson({
        ...claims,
        iss: policy.issuer,
        sub: user.id,
        aud: policy.audience,
        iat: toSeconds(now),
        exp: toSeconds(accessTokenExpiresAt),
        sid: session.id,
        is_anonymous: user.isAnonymous,
        amr: [session.provider],
        auth_time: toSeconds(session.createdAt),
      });
      const input = `${headerFor(kid)}.${payload}`;
      // RFC 7518 §3.4 wants R and S side by side, not DER.
      const signature = sign("sha256", Buffer.from(input), { key: privateKey, dsaEncoding: "ieee-p1363" });
      return { accessToken: `${input}.${signature.toString("base64url")}`, accessTokenExpiresAt };
    },

    async verifyAccessToken(token) {
      const now = clock.now();
      const known = verified.get(token);
      if (known && signingKeys.find(known.kid)) {
        if (known.expiresAtSeconds > toSeconds(now)) return known;
        throw new PasserbyError("UNAUTHENTICATED");
      }
      try {
        const { payload, protectedHeader } = await jwtVerify(
          token,
          ({ kid }) => {
            const key = signingKeys.find(kid ?? "");
            if (!key) throw new Error("unknown key");
            return key;
          },
          {
            algorithms: ["ES256"],
            issuer: policy.issuer,
            audience: policy.audience,
            requiredClaims: ["sub", "sid", "exp"],
            currentDate: now,
          },
        );
        const claims = {
          userId: String(payload.sub),
          sessionId: String(payload.sid),
          kid: String(protectedHeader.kid),
          expiresAtSeconds: Number(payload.exp),
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
