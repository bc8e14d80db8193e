import { PasserbyError } from "../../errors.ts";
import { type EmailAddress, MAX_EMAIL_CHARACTERS, readEmailAddress } from "../../text/email-address.ts";

/** Without what RFC 5322 §3.2.3 keeps for lists and comments: such an address could be read as several. */
const EMAIL =
  /^[^\s@\p{Cc}\p{Cf}\p{Cs}()<>[\]:;,\\"]{1,64}@[^\s@.\p{Cc}\p{Cf}()<>[\]:;,\\"]+(\.[^\s@.\p{Cc}\p{Cf}()<>[\]:;,\\"]+)*$/u;

/** What is left of a domain that has no A-labels. */
const FOREIGN_DOMAIN = /@.*\P{ASCII}/u;

/** The email as it is stored, and as it was typed. @throws PasserbyError BAD_USER_INPUT */
export function requireAddress(email: string): EmailAddress {
  const address = readEmailAddress(email);
  const isEmail =
    address !== null &&
    EMAIL.test(address.typed) &&
    EMAIL.test(address.canonical) &&
    !FOREIGN_DOMAIN.test(address.canonical);
  if (!isEmail) {
    throw new PasserbyError("BAD_USER_INPUT", {
      message: `The email must have the form name@example.com and at most ${MAX_EMAIL_CHARACTERS} characters.`,
    });
  }
  return address;
}

/** The email as it is stored. @throws PasserbyError BAD_USER_INPUT */
export const requireEmail = (email: string): string => requireAddress(email).canonical;
