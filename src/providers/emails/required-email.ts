import { PasserbyError } from "../../errors.ts";
import { type EmailAddress, MAX_EMAIL_CHARACTERS, readEmailAddress } from "../../text/email-address.ts";

/** Without the special characters of RFC 5322 §3.2.3: such a text could be parsed as several addresses. */
const EMAIL =
  /^[^\s@\p{Cc}\p{Cf}\p{Cs}()<>[\]:;,\\"]{1,64}@[^\s@.\p{Cc}\p{Cf}()<>[\]:;,\\"]+(\.[^\s@.\p{Cc}\p{Cf}()<>[\]:;,\\"]+)*$/u;

/** Characters that remain if a domain cannot be converted to A-labels. */
const FOREIGN_DOMAIN = /@.*\P{ASCII}/u;

/** The email in its canonical form, and as it was typed. @throws PasserbyError BAD_USER_INPUT */
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

/** The email in its canonical form. @throws PasserbyError BAD_USER_INPUT */
export const requireEmail = (email: string): string => requireAddress(email).canonical;
