/** Confirmation: whoever opens the link of a mail shows that its address is theirs. */
import { audited } from "../audit/audited.ts";
import { auditRules } from "../audit/rules.ts";
import { PasserbyError } from "../errors.ts";
import { findMailToken, takeMailToken } from "../mail/mail-tokens.ts";
import { holdCredential } from "./held-credential.ts";
import { markConfirmed, withinTokenLimit } from "./kept-passwords.ts";
import type { LoginServices } from "./login.ts";
import { type MailRequest, requestMail } from "./mail-request.ts";
import type { Origin } from "./sessions.ts";

/** For surfaces that tell rubbish from what is used or expired. */
export { isMailToken } from "../mail/mail-tokens.ts";

/**
 * Makes the e-mail that the token was mailed to a confirmed one, and its identity a way in.
 * @returns the e-mail
 * @throws PasserbyError TOKEN_INVALID, RATE_LIMITED
 */
export const confirmEmail = audited(
  auditRules.confirmEmail,
  (
    { reads, writes, clock, limits }: LoginServices,
    { token, origin }: { token: string; origin: Origin },
  ): Promise<string> => {
    return withinTokenLimit(limits, origin, async () => {
      const now = clock.now();
      const presented = { token, purpose: "confirm", now } as const;
      const found = await findMailToken(reads, presented);
      if (!found) throw new PasserbyError("TOKEN_INVALID");
      return writes.transaction(async (manager) => {
        const held = await holdCredential(manager, found.credentialId);
        if (!held || !(await takeMailToken(manager, presented))) throw new PasserbyError("TOKEN_INVALID");
        await markConfirmed(manager, held, now);
        return held.credential.email;
      });
    });
  },
);

/** Mails the confirmation once more, if the address waits for it. See `requestMail`. */
export const resendEmailConfirmation = (services: LoginServices, request: MailRequest): Promise<string> =>
  requestMail(services, request, "confirm");
