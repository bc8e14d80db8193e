/** Password reset: the recipient of an email chooses a new password. */

import type { EntityManager, SelectQueryBuilder } from "typeorm";
import { recordFailures } from "../../audit/record-failures.ts";
import { Identity } from "../../entities/identity.ts";
import { PasswordCredential } from "../../entities/password-credential.ts";
import { PasserbyError } from "../../errors.ts";
import { passwordReset } from "../../events/credential-events.ts";
import { type EventServices, recordEvents } from "../../events/record-events.ts";
import { consumeEmailToken, findEmailToken } from "../../mail/email-tokens.ts";
import type { RequestContext } from "../../request-context.ts";
import { withProvider } from "../enabled-provider.ts";
import type { LoginServices } from "../login/login-services.ts";
import type { DeployedProvider } from "../provider.ts";
import { deleteIdentities } from "../revocation/deletions.ts";
import { endSessionsOf } from "../sessions/end-sessions.ts";
import { type EmailRequest, requestEmail } from "./email-request.ts";
import { type LockedCredential, lockCredential } from "./locked-credential.ts";
import {
  markConfirmed,
  replacePassword,
  requirePasswords,
  withinTokenLimit,
} from "./password-credentials.ts";
import {
  dropPending,
  type LockedRegistration,
  listPending,
  lockRegistration,
  settleRegistration,
} from "./pending-registrations.ts";

/**
 * Sends a link to choose a new password, if the address is registered. See `requestEmail`.
 * @throws PasserbyError FORBIDDEN when the operator has disabled password resets
 */
export const requestPasswordReset = withProvider(async function requestPasswordReset(
  services: LoginServices,
  context: RequestContext,
  request: EmailRequest,
): Promise<string> {
  const { deployed } = request;
  if (!requirePasswords(deployed).allowsReset(deployed.settings)) {
    throw new PasserbyError("FORBIDDEN", {
      message: "Password reset by email is disabled. Ask the operator to reset your password.",
      details: { reason: "PASSWORD_RESET_OFF" },
    });
  }
  return requestEmail(services, context, { ...request, kind: "reset" });
});

/**
 * Sets a new password and ends all sessions of its user, since an attacker may know the old one. It does not log in.
 * @throws PasserbyError TOKEN_INVALID, RATE_LIMITED, and WEAK_PASSWORD, after which the token is still valid
 */
export const resetPassword = withProvider(
  recordFailures(
    ({ deployed }: PasswordReset) => ({ action: "PASSWORD_RESET", provider: deployed.provider.name }),
    (
      services: LoginServices,
      context: RequestContext,
      request: PasswordReset,
    ): Promise<{ email: string }> => {
      const { reads, writes, clock, limits, outbox } = services;
      const { token, password, deployed } = request;
      const passwords = requirePasswords(deployed);
      return withinTokenLimit(limits, context.client, async () => {
        const purpose = "reset";
        const found = await findEmailToken(reads, { token, purpose, now: clock.now() });
        if (!found) throw new PasserbyError("TOKEN_INVALID");
        const passwordHash = await passwords.hash(password, deployed.settings);
        const reset = await writes.transaction(async (manager) => {
          const now = clock.now();
          const onlyLink = await lockOnlyLink(manager, found.credentialId);
          const locked = onlyLink ?? (await lockCredential(manager, found.credentialId));
          if (!locked || !(await consumeEmailToken(manager, { token, purpose, now }))) {
            throw new PasserbyError("TOKEN_INVALID");
          }
          const { credential, userId } = locked;
          const settled = { passwordHash, isVouchedFor: true, now };
          const methodsRemoved = await dropEarlierMethods(services, context, manager, locked);
          if (onlyLink) await settleRegistration(services, context, manager, { locked: onlyLink, settled });
          else if (credential.isPending)
            await settleWithoutLink(services, context, manager, { credential, settled });
          else await markConfirmed(manager, locked, settled);
          await replacePassword(manager, locked, passwordHash);
          if (userId) await endSessionsOf(manager, services, context, { userId, reason: "PASSWORD_CHANGED" });
          await outbox.add(manager, { kind: "password-changed", to: credential.email });
          const event = passwordReset({ userId, provider: deployed.provider.name, methodsRemoved });
          await recordEvents(manager, services, context, event);
          return { email: credential.email };
        });
        outbox.prompt();
        return reset;
      });
    },
  ),
);

interface PasswordReset {
  readonly deployed: DeployedProvider;
  readonly token: string;
  readonly password: string;
}

/**
 * The only pending link of an email, if its user has no other sign-in method: once its sessions have ended, only this
 * email can log in to that user, which probably belongs to the person who resets. null otherwise: the email gets a user
 * of its own.
 */
async function lockOnlyLink(
  manager: EntityManager,
  credentialId: string,
): Promise<LockedRegistration | null> {
  const [pending, another] = await listPending(manager, credentialId);
  if (!pending?.identityId || another) return null;
  const locked = await lockRegistration(manager, pending.id);
  if (!locked?.userId || (await listPending(manager, credentialId)).length > 1) return null;
  const others = await otherMethods(manager, locked.userId, pending.identityId).getExists();
  return others ? null : locked;
}

/** Deletes all pending registrations, links by other users too: the reset has verified the email. */
async function settleWithoutLink(
  services: EventServices,
  context: RequestContext,
  manager: EntityManager,
  {
    credential,
    settled: { passwordHash, isVouchedFor, now },
  }: {
    credential: PasswordCredential;
    settled: { passwordHash: string; isVouchedFor: boolean; now: Date };
  },
): Promise<void> {
  await dropPending(services, context, manager, { credential });
  await manager.update(
    PasswordCredential,
    { id: credential.id },
    { passwordHash, isVouchedFor, isPending: false, confirmedAt: now },
  );
}

/**
 * An attacker may have linked a victim's email to the attacker's user, and the victim may have confirmed it by mistake
 * (account pre-hijacking). Sign-in methods older than the confirmation are therefore removed, unless the email was
 * confirmed while logged in as that user. @returns how many
 */
async function dropEarlierMethods(
  services: EventServices,
  context: RequestContext,
  manager: EntityManager,
  { credential, userId }: LockedCredential,
): Promise<number> {
  const { identityId, confirmedAt, isVouchedFor } = credential;
  if (!userId || !identityId || !confirmedAt || isVouchedFor) return 0;
  const earlier = await otherMethods(manager, userId, identityId)
    .andWhere("identity.createdAt <= :confirmedAt", { confirmedAt: +confirmedAt })
    .getMany();
  const ids = earlier.map(({ id }) => id);
  return deleteIdentities(manager, services, context, ids);
}

/** Includes API keys, excludes the anonymous identity, whose subject is its own id and which cannot log in. */
const otherMethods = (
  manager: EntityManager,
  userId: string,
  identityId: string,
): SelectQueryBuilder<Identity> =>
  manager
    .createQueryBuilder(Identity, "identity")
    .where("identity.userId = :userId AND identity.id <> :identityId AND identity.subject <> identity.id")
    .setParameters({ userId, identityId });
