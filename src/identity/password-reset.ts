/** Reset: whoever reads the mail of an address chooses a new password for it. */

import type { EntityManager } from "typeorm";
import { audited } from "../audit/audited.ts";
import { auditRules } from "../audit/rules.ts";
import { Identity } from "../entities/identity.ts";
import { PasswordCredential } from "../entities/password-credential.ts";
import { PasserbyError } from "../errors.ts";
import { findMailToken, takeMailToken } from "../mail/mail-tokens.ts";
import { type HeldCredential, holdCredential } from "./held-credential.ts";
import { markConfirmed, replacePassword, requirePasswords, withinTokenLimit } from "./kept-passwords.ts";
import type { LoginServices } from "./login.ts";
import { endSessionsOf } from "./logout.ts";
import { type MailRequest, requestMail } from "./mail-request.ts";
import type { DeployedProvider } from "./provider.ts";
import type { Origin } from "./sessions.ts";

/**
 * Mails a link to choose a new password, if the address is registered. See `requestMail`.
 * @throws PasserbyError FORBIDDEN when the operator has switched resets off
 */
export async function requestPasswordReset(services: LoginServices, request: MailRequest): Promise<string> {
  const { deployed } = request;
  if (!requirePasswords(deployed).allowsReset(deployed.settings)) {
    throw new PasserbyError("FORBIDDEN", {
      message: "Passwords are not reset by email here. Ask the operator.",
      details: { reason: "PASSWORD_RESET_OFF" },
    });
  }
  return requestMail(services, request, "reset");
}

/**
 * Sets a new password and ends every session of its user, since somebody else may have had the old one. It logs nobody in.
 * @returns the e-mail
 * @throws PasserbyError TOKEN_INVALID, RATE_LIMITED, and WEAK_PASSWORD, after which the token is still good
 */
export const resetPassword = audited(
  auditRules.resetPassword,
  (
    { reads, writes, clock, limits, outbox }: LoginServices,
    request: { deployed: DeployedProvider; token: string; password: string; origin: Origin },
  ): Promise<string> => {
    const { token, password, origin } = request;
    const passwords = requirePasswords(request.deployed);
    return withinTokenLimit(limits, origin, async () => {
      const purpose = "reset";
      const found = await findMailToken(reads, { token, purpose, now: clock.now() });
      if (!found) throw new PasserbyError("TOKEN_INVALID");
      const passwordHash = await passwords.hash(password, request.deployed.settings);
      const email = await writes.transaction(async (manager) => {
        const now = clock.now();
        const asked = await holdCredential(manager, found.credentialId);
        if (!asked || !(await takeMailToken(manager, { token, purpose, now }))) {
          throw new PasserbyError("TOKEN_INVALID");
        }
        const held = await takeFromStranger(manager, asked);
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
  },
);

/**
 * An address that was linked and never confirmed may be a stranger's, who waits for its owner to come. Where whoever linked
 * it has another way back, the owner gets a user of their own at the next login; where not, nobody else can come back
 * once the sessions have ended, and the user stays, for it may well be the owner's.
 */
async function takeFromStranger(manager: EntityManager, held: HeldCredential): Promise<HeldCredential> {
  const { credential, userId } = held;
  const { id, identityId, isPending } = credential;
  if (!isPending || identityId === null) return held;
  const hasOther = await manager
    .createQueryBuilder(Identity, "identity")
    // An anonymous identity has itself as its subject, and nobody can show it.
    .where("identity.userId = :userId AND identity.id <> :identityId AND identity.subject <> identity.id")
    .setParameters({ userId, identityId })
    .getExists();
  if (!hasOther) return held;
  await manager.update(PasswordCredential, { id }, { identityId: null });
  await manager.delete(Identity, { id: identityId });
  return { credential: Object.assign(credential, { identityId: null }), userId: null };
}
