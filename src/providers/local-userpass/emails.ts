import { PasserbyError } from "../../errors.ts";

export const MOST_EMAIL = 254;

/** E-mails are compared without case. */
export const normalize = (email: string): string => email.trim().normalize("NFC").toLowerCase();

/** Whether it is worth looking up; stored e-mails may come from elsewhere, with rules of their own. */
export const canBeKnown = (email: string): boolean => /^\P{Cc}{1,254}$/u.test(email);

/** Without what RFC 5322 §3.2.3 keeps for lists and comments: such an address could be read as several. */
const isEmail = (email: string): boolean =>
  email.length <= MOST_EMAIL &&
  /^[^\s@\p{Cc}\p{Cf}\p{Cs}()<>[\]:;,\\"]{1,64}@[^\s@.\p{Cc}\p{Cf}()<>[\]:;,\\"]+(\.[^\s@.\p{Cc}\p{Cf}()<>[\]:;,\\"]+)*$/u.test(
    email,
  );

/** The e-mail as it is stored. @throws PasserbyError BAD_USER_INPUT */
export function requireEmail(email: string): string {
  const normalized = normalize(email);
  if (!isEmail(normalized)) {
    throw new PasserbyError("BAD_USER_INPUT", {
      message: `The e-mail needs the form name@example.com and at most ${MOST_EMAIL} characters.`,
    });
  }
  return normalized;
}
