/**
 * Refresh tokens that stay the same, for clients that cannot take a next one. They are JWTs, since such clients take
 * them apart, under a symmetric key that no verifier of access tokens has.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Encryption } from "../../encryption.ts";
import { PasserbyError } from "../../errors.ts";
import { encodeJson } from "../tokens/sign-jwt.ts";
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
  issue(caller: Caller, options: { now: Date; expiresAt: Date; claims: Record<string, unknown> }): string;
  /** @throws PasserbyError UNAUTHENTICATED when this gateway never made it */
  read(token: string): NonRotatingToken;
}

const HEADER = encodeJson({ alg: "HS256", typ: "JWT" });

export function createNonRotatingTokens(encryption: Encryption): NonRotatingTokens {
  const key = encryption.deriveKey("lasting-refresh-token");
  const sign = (input: string): Buffer => createHmac("sha256", key).update(input).digest();

  return {
    issue({ user, session }, { now, expiresAt, claims }) {
      const own = {
        typ: "refresh",
        sub: user.id,
        sid: session.id,
        iat: toSeconds(now),
        exp: toSeconds(expiresAt),
      };
      const input = `${HEADER}.${encodeJson({ ...claims, ...own })}`;
      return `${input}.${sign(input).toString("base64url")}`;
    },
    read(token) {
      const end = token.lastIndexOf(".");
      const [input, signature] = [
        token.slice(0, Math.max(0, end)),
        Buffer.from(token.slice(end + 1), "base64url"),
      ];
      const expected = sign(input);
      const isOurs =
        input.startsWith(`${HEADER}.`) &&
        signature.length === expected.length &&
        timingSafeEqual(signature, expected);
      if (!isOurs) {
        throw new PasserbyError("UNAUTHENTICATED", {
          message: "This is not a refresh token of this gateway. Log in again.",
        });
      }
      const { sid, ...claims } = JSON.parse(
        Buffer.from(input.slice(HEADER.length + 1), "base64url").toString(),
      );
      return { sessionId: sid, claims };
    },
  };
}
