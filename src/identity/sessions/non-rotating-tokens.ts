/**
 * Non-rotating refresh tokens, for Realm SDKs, which cannot replace theirs. They are JWTs, since these clients decode
 * them, signed with a symmetric key, so that no verifier of access tokens accepts them.
 */
import { createSecretKey } from "node:crypto";
import { compactVerify, SignJWT } from "jose";
import type { Encryption } from "../../encryption.ts";
import { PasserbyError } from "../../errors.ts";
import { toSeconds } from "../tokens/tokens.ts";
import type { Caller } from "./sessions.ts";

export interface NonRotatingToken {
  readonly sessionId: string;
  /** As they were when the token was issued. */
  readonly claims: Readonly<Record<string, unknown>>;
}

export interface NonRotatingTokens {
  /**
   * @param options.expiresAt informs the client only; the session's expiry is checked
   * @param options.claims additional claims
   */
  issue(
    caller: Caller,
    options: { now: Date; expiresAt: Date; claims: Record<string, unknown> },
  ): Promise<string>;
  /** @throws PasserbyError UNAUTHENTICATED when this gateway did not issue it */
  read(token: string): Promise<NonRotatingToken>;
}

export function createNonRotatingTokens(encryption: Encryption): NonRotatingTokens {
  const key = createSecretKey(encryption.deriveKey("lasting-refresh-token"));

  return {
    issue({ user, session }, { now, expiresAt, claims }) {
      const own = {
        typ: "refresh",
        sub: user.id,
        sid: session.id,
        iat: toSeconds(now),
        exp: toSeconds(expiresAt),
      };
      return new SignJWT({ ...claims, ...own }).setProtectedHeader({ alg: "HS256", typ: "JWT" }).sign(key);
    },
    async read(token) {
      // Not jwtVerify: whether it is expired, the session decides.
      const { payload } = await compactVerify(token, key, { algorithms: ["HS256"] }).catch(() => {
        throw new PasserbyError("UNAUTHENTICATED", {
          message: "This is not a refresh token of this gateway. Log in again.",
        });
      });
      const { sid, ...claims } = JSON.parse(Buffer.from(payload).toString());
      return { sessionId: sid, claims };
    },
  };
}
