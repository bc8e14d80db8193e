import type { Proof } from "../../identity/provider.ts";
import type { IdTokenClaims } from "./id-token.ts";
import type { OpenidSettings } from "./settings.ts";

const MOST_EMAIL = 254;

/** What claims say about somebody. Apple says whether an e-mail is verified as text. */
export function proofOf(
  claims: IdTokenClaims,
  { settings, subject }: { settings: OpenidSettings; subject: string },
): Proof {
  const fields = Object.entries(settings.profileClaims).flatMap(([claim, field]) =>
    claims[claim] === undefined ? [] : [[field, claims[claim]] as const],
  );
  const email = emailOf(claims.email);
  return {
    subject,
    email,
    emailVerified: email === null ? null : booleanOf(claims.email_verified),
    profile: fields.length > 0 ? Object.fromEntries(fields) : null,
  };
}

const emailOf = (claim: unknown): string | null =>
  typeof claim === "string" && claim.length <= MOST_EMAIL && !claim.includes("\0")
    ? claim.trim().toLowerCase() || null
    : null;

const booleanOf = (claim: unknown): boolean | null =>
  claim === true || claim === "true" ? true : claim === false || claim === "false" ? false : null;
