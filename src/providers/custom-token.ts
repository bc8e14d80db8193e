import type { JWTPayload } from "jose";
import type { z } from "zod";
import { PasserbyError } from "../errors.ts";
import type { Provider } from "../identity/provider.ts";
import { canonicalEmail } from "../text/email-address.ts";
import { profileProblem } from "../text/storable-profile.ts";
import { isIndexable } from "../text/storable-text.ts";
import { keySourceOf, type Settings, settings } from "./custom-token/settings.ts";
import { TokenError, verifyToken } from "./jwt/verify-token.ts";
import { findMissingClaim, readProfile } from "./openid-connect/profile-claims.ts";

/** The longest token that the App Services documentation accepts. */
const MAX_TOKEN = 1_000_000;
const MAX_SUBJECT = 1_000;

/** JSON Web Tokens of the operator's own issuer (RFC 7519). */
export const customToken: Provider<{ token: string }, Settings> = {
  name: "custom-token",
  type: "custom-token",
  displayName: "Custom JWT",
  canSignIn: true,
  onePerUser: false,
  canBeLinked: true,
  credentials: "jwt",
  settings: settings as unknown as z.ZodType<Settings>,
  // The account of a token is unknown until it is verified, so failures are counted by address only.
  accountOf: () => "",

  async verify({ settings, clock }, { token }) {
    if (token.length > MAX_TOKEN) throw new PasserbyError("INVALID_CREDENTIALS");
    const payload = await verify(settings, token, clock.now());
    const subject = payload.sub;
    if (typeof subject !== "string" || subject.length > MAX_SUBJECT || !isIndexable(subject))
      throw invalidCredentials("The token has no usable `sub` claim.");
    const missing = findMissingClaim(payload, settings.requiredClaims);
    if (missing !== null)
      throw invalidCredentials(`The token has no value for \`${missing}\`, which is required.`);
    const profile = readProfile(payload, settings.profileClaims);
    const problem = profile && profileProblem(profile);
    if (problem) throw invalidCredentials(`The token's claims cannot be stored: ${problem}.`);
    return {
      subject,
      email: typeof payload.email === "string" ? canonicalEmail(payload.email) : null,
      emailVerified: typeof payload.email_verified === "boolean" ? payload.email_verified : null,
      profile,
    };
  },
};

async function verify(settings: Settings, token: string, now: Date): Promise<JWTPayload> {
  const { issuer, audience, requireAllAudiences, algorithms, clockSkewSeconds } = settings;
  let payload: JWTPayload;
  try {
    payload = await verifyToken(token, keySourceOf(settings), {
      ...(issuer !== undefined && { issuers: [issuer] }),
      ...(audience.length > 0 && { audiences: audience }),
      algorithms,
      skewSeconds: clockSkewSeconds,
      requiredClaims: ["sub", "exp"],
      now,
    });
  } catch (cause) {
    if (cause instanceof TokenError) throw invalidCredentials(cause.message, cause);
    // Every other error is about the keys.
    throw new PasserbyError("SERVICE_UNAVAILABLE", {
      message: "The keys of the token's issuer cannot be fetched right now. Try again in a moment.",
      cause,
    });
  }
  // `jose` requires only one of several audiences.
  const given = [payload.aud].flat();
  if (requireAllAudiences && !audience.every((each) => given.includes(each)))
    throw invalidCredentials("The token's `aud` claim is not accepted.");
  return payload;
}

const invalidCredentials = (message: string, cause?: unknown): PasserbyError =>
  new PasserbyError("INVALID_CREDENTIALS", { message, cause });
