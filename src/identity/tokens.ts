/** Access tokens (JWT, RFC 7519, signed as RFC 7515 compact serialization) and refresh tokens (opaque). */
import { createHmac, randomBytes, sign, timingSafeEqual } from "node:crypto";
import { jwtVerify } from "jose";
import { LRUCache } from "lru-cache";
import { parse as parseUuid, stringify as formatUuid } from "uuid";
import { type Clock, secondsAfter } from "../clock.ts";
import type { Session } from "../entities/session.ts";
import type { User } from "../entities/user.ts";
import { PasserbyError } from "../errors.ts";
import { hashSecret, type Vault } from "../vault.ts";
import type { IdentityPolicy } from "./policy.ts";
import type { SigningKeys } from "./signing-keys.ts";

/** What a valid access token says. */
export interface AccessClaims {
  readonly userId: string;
  readonly sessionId: string;
}

export interface RefreshToken {
  readonly token: string;
  /** What is stored. */
  readonly hash: string;
}

export interface Tokens {
  issueAccessToken(user: User, session: Session): { accessToken: string; accessTokenExpiresAt: Date };
  /** @throws PasserbyError UNAUTHENTICATED, whatever is wrong with it */
  verifyAccessToken(token: string): Promise<AccessClaims>;
  createRefreshToken(sessionId: string): RefreshToken;
  /** The successor of a token is always the same, so two that rotate it at once end up with one. */
  nextRefreshToken(token: string): RefreshToken;
  /** @throws PasserbyError UNAUTHENTICATED when this gateway never made it */
  readRefreshToken(token: string): { sessionId: string; hash: string };
}

const REFRESH_PREFIX = "pbr_";
/** Session id 16, secret 32, tag 16 bytes. */
const REFRESH_BYTES = 64;
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
  const tagKey = vault.deriveKey("refresh-token-tag");
  const nextKey = vault.deriveKey("refresh-token-next");
  const headers = new Map<string, string>();
  const verified = new LRUCache<string, AccessClaims & { kid: string; expiresAtSeconds: number }>({
    max: REMEMBERED_TOKENS,
  });

  const headerFor = (kid: string): string => {
    const header = headers.get(kid) ?? encodeJson({ alg: "ES256", typ: "JWT", kid });
    headers.set(kid, header);
    return header;
  };

  const assemble = (id: Uint8Array, secret: Uint8Array): RefreshToken => {
    const body = Buffer.concat([id, secret]);
    const tag = createHmac("sha256", tagKey).update(body).digest().subarray(0, 16);
    const token = REFRESH_PREFIX + Buffer.concat([body, tag]).toString("base64url");
    return { token, hash: hashSecret(token) };
  };

  const takeApart = (token: string): { id: Buffer; secret: Buffer } => {
    const bytes = Buffer.from(token.slice(REFRESH_PREFIX.length), "base64url");
    const isOurs =
      token.startsWith(REFRESH_PREFIX) &&
      bytes.length === REFRESH_BYTES &&
      REFRESH_PREFIX + bytes.toString("base64url") === token &&
      timingSafeEqual(createHmac("sha256", tagKey).update(bytes.subarray(0, 48)).digest().subarray(0, 16), bytes.subarray(48));
    if (!isOurs) {
      throw new PasserbyError("UNAUTHENTICATED", {
        message: "This is not a refresh token of this gateway. Log in again.",
      });
    }
    return { id: bytes.subarray(0, 16), secret: bytes.subarray(16, 48) };
  };

  return {
    issueAccessToken(user, session) {
      const { kid, privateKey } = signingKeys.current();
      const now = clock.now();
      const accessTokenExpiresAt = secondsAfter(now, policy.accessTokenSeconds);
      const payload = encodeJson({
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

    createRefreshToken: (sessionId) => assemble(parseUuid(sessionId), randomBytes(32)),
    nextRefreshToken(token) {
      const { id, secret } = takeApart(token);
      return assemble(id, createHmac("sha256", nextKey).update(secret).digest());
    },
    readRefreshToken(token) {
      const { id } = takeApart(token);
      return { sessionId: formatUuid(id), hash: hashSecret(token) };
    },
  };
}
