/** Confirmation: whoever opens the link of a mail shows that its address is theirs. */
import { PasserbyError } from "../errors.ts";
import { findMailToken, takeMailToken } from "../mail/mail-tokens.ts";
import { accountMails } from "./account-mails.ts";
import { holdCredential } from "./held-credential.ts";
import { findCredential, markConfirmed, requirePasswords, withinTokenLimit } from "./kept-passwords.ts";
import type { LoginServices } from "./login.ts";
import type { DeployedProvider } from "./provider.ts";
import type { Origin } from "./sessions.ts";

/**
 * Makes the e-mail that the token was mailed to a confirmed one, and its identity a way in.
 * @returns the e-mail
 * @throws PasserbyError TOKEN_INVALID, RATE_LIMITED
 */
export function confirmEmail(
  { reads, writes, clock, limits }: LoginServices,
  { token, origin }: { token: string; origin: Origin },
): Promise<string> {
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
}

/**
 * Mails the confirmation once more, if the address waits for it. The answer is the same whether it does, or is known at all.
 * @returns the e-mail as it is stored
 * @throws PasserbyError BAD_USER_INPUT, RATE_LIMITED, SERVICE_UNAVAILABLE where no mail could go out
 */
export async function resendEmailConfirmation(
  services: LoginServices,
  { deployed, email, origin }: { deployed: DeployedProvider; email: string; origin: Origin },
): Promise<string> {
  const passwords = requirePasswords(deployed);
  const to = passwords.normalizeEmail(email);
  const mails = accountMails(services, origin);
  await mails.require(to);
  const page = passwords.pages(deployed.settings).confirm;
  await services.writes.transaction(async (manager) => {
    const known = await findCredential(manager, to);
    await (known && !known.confirmedAt
      ? mails.add(manager, { kind: "confirm", to, credentialId: known.id, page })
      : mails.addDecoy(manager));
  });
  mails.prompt();
  return to;
}
