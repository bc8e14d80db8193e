/** Reset: whoever reads the mail of an address chooses a new password for it. */

import { type EntityManager, In, type SelectQueryBuilder } from "typeorm";
import { auditRules } from "../../audit/rules.ts";
import type { ClientInfo } from "../../client-info.ts";
import { Identity } from "../../entities/identity.ts";
import { PasswordCredential } from "../../entities/password-credential.ts";
import { PasserbyError } from "../../errors.ts";
import { consumeEmailToken, findEmailToken } from "../../mail/email-tokens.ts";
import { auditedWithProvider, withProvider } from "../enabled-provider.ts";
import type { LoginServices } from "../login/login.ts";
import type { DeployedProvider } from "../provider.ts";
import { endSessionsOf } from "../sessions/logout.ts";
import { insertSessionTombstones } from "../sessions/session-tombstones.ts";
import { type EmailRequest, requestEmail } from "./email-request.ts";
import { holdCredential, type LockedCredential } from "./locked-credential.ts";
import {
  markConfirmed,
  replacePassword,
  requirePasswords,
  withinTokenLimit,
} from "./password-credentials.ts";
import {
  dropWaiting,
  holdRegistration,
  type LockedRegistration,
  listWaiting,
  settleRegistration,
} from "./pending-registrations.ts";

/**
 * Mails a link to choose a new password, if the address is registered. See `requestEmail`.
 * @throws PasserbyError FORBIDDEN when the operator has switched resets off
 */
export const requestPasswordReset = withProvider(async function requestPasswordReset(
  services: LoginServices,
  request: EmailRequest,
): Promise<string> {
  const { deployed } = request;
  if (!requirePasswords(deployed).allowsReset(deployed.settings)) {
    throw new PasserbyError("FORBIDDEN", {
      message: "Passwords are not reset by email here. Ask the operator.",
      details: { reason: "PASSWORD_RESET_OFF" },
    });
  }
  return requestEmail(services, request, "reset");
});

export interface PasswordReset {
  readonly email: string;
  /** Sign-in methods of the user that ended, since they were there before the email was anybody's. */
  readonly methodsRemoved: number;
}

/**
 * Sets a new password and ends every session of its user, since somebody else may have had the old one. It logs nobody in.
 * @throws PasserbyError TOKEN_INVALID, RATE_LIMITED, and WEAK_PASSWORD, after which the token is still good
 */
export const resetPassword = auditedWithProvider(
  auditRules.resetPassword,
  (
    { reads, writes, clock, limits, outbox }: LoginServices,
    request: { deployed: DeployedProvider; token: string; password: string; client: ClientInfo },
  ): Promise<PasswordReset> => {
    const { token, password, client, deployed } = request;
    const passwords = requirePasswords(deployed);
    return withinTokenLimit(limits, client, async () => {
      const purpose = "reset";
      const found = await findEmailToken(reads, { token, purpose, now: clock.now() });
      if (!found) throw new PasserbyError("TOKEN_INVALID");
      const passwordHash = await passwords.hash(password, deployed.settings);
      const reset = await writes.transaction(async (manager) => {
        const now = clock.now();
        const lone = await holdLoneLink(manager, found.credentialId);
        const held = lone ?? (await holdCredential(manager, found.credentialId));
        if (!held || !(await consumeEmailToken(manager, { token, purpose, now }))) {
          throw new PasserbyError("TOKEN_INVALID");
        }
        const { credential, userId } = held;
        const settled = { passwordHash, isVouchedFor: true, now };
        const methodsRemoved = await dropEarlierMethods(manager, held, now);
        if (lone) await settleRegistration(manager, lone, settled);
        else if (credential.isPending) await settleWithoutLink(manager, credential, settled);
        else await markConfirmed(manager, held, settled);
        await replacePassword(manager, held, passwordHash);
        if (userId) await endSessionsOf(manager, { userId, now });
        await outbox.add(manager, { kind: "password-changed", to: credential.email });
        return { email: credential.email, methodsRemoved };
      });
      outbox.prompt();
      return reset;
    });
  },
);

/**
 * The one link that waits for an email, where its user has no other sign-in method: nobody else can come back to that user
 * once its sessions have ended, and it may well be that of whoever resets. null otherwise: the email gets a user of its own.
 */
async function holdLoneLink(
  manager: EntityManager,
  credentialId: string,
): Promise<LockedRegistration | null> {
  const [waiting, another] = await listWaiting(manager, credentialId);
  if (!waiting?.identityId || another) return null;
  const held = await holdRegistration(manager, waiting.id);
  if (!held?.userId || (await listWaiting(manager, credentialId)).length > 1) return null;
  const others = await otherMethods(manager, held.userId, waiting.identityId).getExists();
  return others ? null : held;
}

/** What waited, links of others too, has lost: whoever reads the mail chose this password. */
async function settleWithoutLink(
  manager: EntityManager,
  credential: PasswordCredential,
  { passwordHash, isVouchedFor, now }: { passwordHash: string; isVouchedFor: boolean; now: Date },
): Promise<void> {
  await dropWaiting(manager, credential);
  await manager.update(
    PasswordCredential,
    { id: credential.id },
    { passwordHash, isVouchedFor, isPending: false, confirmedAt: now },
  );
}

/**
 * An email may have been linked to a stranger's user and then been confirmed by its owner, who took the mail for their own.
 * The stranger's sign-in methods are older than that confirmation, so they end, unless whoever confirmed was signed in as
 * that user. @returns how many
 */
async function dropEarlierMethods(
  manager: EntityManager,
  { credential, userId }: LockedCredential,
  now: Date,
): Promise<number> {
  const { identityId, confirmedAt, isVouchedFor } = credential;
  if (!userId || !identityId || !confirmedAt || isVouchedFor) return 0;
  const earlier = await otherMethods(manager, userId, identityId)
    .andWhere("identity.createdAt <= :confirmedAt", { confirmedAt: +confirmedAt })
    .getMany();
  const ids = earlier.map(({ id }) => id);
  await insertSessionTombstones(manager, { table: "identities", ids, now });
  if (ids.length > 0) await manager.delete(Identity, { id: In(ids) });
  return ids.length;
}

/** API keys too. An anonymous identity has itself as its subject, and nobody can show it. */
const otherMethods = (
  manager: EntityManager,
  userId: string,
  identityId: string,
): SelectQueryBuilder<Identity> =>
  manager
    .createQueryBuilder(Identity, "identity")
    .where("identity.userId = :userId AND identity.id <> :identityId AND identity.subject <> identity.id")
    .setParameters({ userId, identityId });
