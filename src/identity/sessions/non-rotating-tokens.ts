/**
 * Refresh tokens that stay the same, for clients that cannot take a next one. They are JWTs, since such clients take
 * them apart, under a symmetric key that no verifier of access tokens has.
 */
import { createSecretKey } from "node:crypto";
import { compactVerify, SignJWT } from "jose";
import type { Encryption } from "../../encryption.ts";
import { PasserbyError } from "../../errors.ts";
import { toSeconds } from "../tokens/tokens.ts";
import type { Caller } from "./sessions.ts";

export interface NonRotatingToken {
  readonly sessionId: string;
  /** As they were when it was made. */
  readonly claims: Readonly<Record<string, unknown>>;
}

export interface NonRotatingTokens {
  /**
   * @param options.expiresAt for the client's eyes; the session decides
   * @param options.claims what else it carries
   */
  issue(
    caller: Caller,
    options: { now: Date; expiresAt: Date; claims: Record<string, unknown> },
  ): Promise<string>;
  /** @throws PasserbyError UNAUTHENTICATED when this gateway never made it */
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
