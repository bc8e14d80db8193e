import type { VerifiedIdentity } from "../../identity/provider.ts";
import { canonicalEmail } from "../../text/email-address.ts";
import { profileProblem } from "../../text/storable-profile.ts";
import type { IdTokenClaims } from "./id-token.ts";
import { invalidCredentials } from "./id-token.ts";
import { readProfile } from "./profile-claims.ts";
import type { OpenidSettings } from "./settings.ts";

/** The identity that verified claims describe. Apple sends `email_verified` as text. */
export function toVerifiedIdentity(
  claims: IdTokenClaims,
  { settings, subject }: { settings: OpenidSettings; subject: string },
): VerifiedIdentity {
  const email = typeof claims.email === "string" ? canonicalEmail(claims.email) : null;
  const emailVerified = email === null ? null : booleanOf(claims.email_verified);
  requireDomain(email, emailVerified, settings.emailDomains ?? []);
  const profile = readProfile(claims, settings.profileClaims);
  const problem = profile && profileProblem(profile);
  if (problem) throw invalidCredentials(`The token's claims cannot be stored: ${problem}.`);
  return { subject, email, emailVerified, profile };
}

/** An unverified email does not count: it may be in any domain. @throws PasserbyError INVALID_CREDENTIALS */
function requireDomain(email: string | null, isVerified: boolean | null, domains: readonly string[]): void {
  if (domains.length === 0) return;
  // The operator may have written a domain in Unicode.
  const isOf = (domain: string): boolean =>
    email?.slice(email.lastIndexOf("@")) === canonicalEmail(`x@${domain}`)?.slice(1);
  if (email !== null && isVerified === true && domains.some(isOf)) return;
  throw invalidCredentials(
    "Only users with a verified email in certain domains can log in, and the token has none.",
  );
}

const booleanOf = (claim: unknown): boolean | null =>
  claim === true || claim === "true" ? true : claim === false || claim === "false" ? false : null;
