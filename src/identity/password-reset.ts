/** Reset: whoever reads the mail of an address chooses a new password for it. */
import { PasserbyError } from "../errors.ts";
import { findMailToken, takeMailToken } from "../mail/mail-tokens.ts";
import { holdCredential } from "./held-credential.ts";
import { markConfirmed, replacePassword, requirePasswords, withinTokenLimit } from "./kept-passwords.ts";
import type { LoginServices } from "./login.ts";
import { endSessionsOf } from "./logout.ts";
import { type MailRequest, requestMail } from "./mail-request.ts";
import type { DeployedProvider } from "./provider.ts";
import type { Origin } from "./sessions.ts";

/** Mails a link to choose a new password, if the address is registered. See `requestMail`. */
export const requestPasswordReset = (services: LoginServices, request: MailRequest): Promise<string> =>
  requestMail(services, request, "reset");

/**
 * Sets a new password and ends every session of its user, since somebody else may have had the old one. It logs nobody in.
 * @returns the e-mail
 * @throws PasserbyError TOKEN_INVALID, RATE_LIMITED, and WEAK_PASSWORD, after which the token is still good
 */
export function resetPassword(
  { reads, writes, clock, limits, outbox }: LoginServices,
  request: { deployed: DeployedProvider; token: string; password: string; origin: Origin },
): Promise<string> {
  const { token, password, origin } = request;
  const passwords = requirePasswords(request.deployed);
  return withinTokenLimit(limits, origin, async () => {
    const purpose = "reset";
    const found = await findMailToken(reads, { token, purpose, now: clock.now() });
    if (!found) throw new PasserbyError("TOKEN_INVALID");
    const passwordHash = await passwords.hash(password);
    const email = await writes.transaction(async (manager) => {
      const now = clock.now();
      const held = await holdCredential(manager, found.credentialId);
      if (!held || !(await takeMailToken(manager, { token, purpose, now }))) {
        throw new PasserbyError("TOKEN_INVALID");
      }
      const to = held.credential.email;
      await replacePassword(manager, held, passwordHash);
      await markConfirmed(manager, held, now);
      if (held.userId) await endSessionsOf(manager, { userId: held.userId, now });
      await outbox.add(manager, { kind: "password-changed", to });
      return to;
    });
    outbox.prompt();
    return email;
  });
}
