import { PasserbyError } from "../../errors.ts";
import { canonicalEmail } from "../../text/email-address.ts";
import { isIndexable } from "../../text/storable-text.ts";
import type { VerifiedIdentity } from "../provider.ts";

/**
 * Validates the result of every provider, so that no provider can forget it: a subject that both databases can index, and
 * an email in its canonical form, or null.
 * @throws PasserbyError INVALID_CREDENTIALS when the subject cannot be stored
 */
export function checkVerifiedIdentity(verified: VerifiedIdentity): VerifiedIdentity {
  if (!isIndexable(verified.subject)) {
    throw new PasserbyError("INVALID_CREDENTIALS", {
      message:
        "The provider's id of this user is empty, longer than 2,000 bytes, or has a character such as NUL.",
    });
  }
  const email = verified.email === null ? null : canonicalEmail(verified.email);
  return { ...verified, email, emailVerified: email === null ? null : verified.emailVerified };
}
