/** Registrations and links that wait for a confirmation by email. Confirming one deletes the others of the same email. */
import type { EntityManager } from "typeorm";
import { DAY_SECONDS, secondsAfter } from "../../clock.ts";
import { Identity } from "../../entities/identity.ts";
import { PasswordCredential } from "../../entities/password-credential.ts";
import { PENDING_DAYS, PendingRegistration } from "../../entities/pending-registration.ts";
import type { EventServices } from "../../events/record-events.ts";
import type { RequestContext } from "../../request-context.ts";
import { StaleVerificationError } from "../provider.ts";
import { deleteIdentities } from "../revocation/deletions.ts";
import { lockUser } from "../sessions/lock-user.ts";
import { lockCredential } from "./locked-credential.ts";

/** A pending registration with locked rows: first its linking user, if it has one, then its credential. */
export interface LockedRegistration {
  readonly credential: PasswordCredential;
  readonly registration: PendingRegistration;
  /** null where it was registered and not linked. */
  readonly userId: string | null;
}

/** @returns null when it was confirmed, replaced, unlinked or purged */
export async function lockRegistration(
  manager: EntityManager,
  id: string,
): Promise<LockedRegistration | null> {
  const before = await findLinkingUser(manager, id);
  if (before !== null) await lockUser(manager, before);
  const registration = await manager.findOneBy(PendingRegistration, { id });
  if (!registration) return null;
  const locked = await lockCredential(manager, registration.credentialId);
  // A transaction that had locked the credential before may have deleted it.
  if (!locked?.credential.isPending || !(await manager.existsBy(PendingRegistration, { id }))) return null;
  const userId = await findLinkingUser(manager, id);
  if (userId !== before) throw new StaleVerificationError();
  return { credential: locked.credential, registration, userId };
}

async function findLinkingUser(manager: EntityManager, id: string): Promise<string | null> {
  const found = await manager.findOne(PendingRegistration, { where: { id }, relations: { identity: true } });
  return found?.identity?.userId ?? null;
}

/** Moves its password to the credential and makes its link, if it is one, a sign-in method. Deletes all others. */
export async function settleRegistration(
  services: EventServices,
  context: RequestContext,
  manager: EntityManager,
  {
    locked: { credential, registration },
    settled,
  }: { locked: LockedRegistration; settled: { passwordHash: string; isVouchedFor: boolean; now: Date } },
): Promise<void> {
  const { passwordHash, isVouchedFor, now } = settled;
  const { identityId, typedEmail } = registration;
  await dropPending(services, context, manager, { credential, exceptIdentityId: identityId });
  await manager.update(
    PasswordCredential,
    { id: credential.id },
    { ...{ typedEmail, passwordHash, isVouchedFor, identityId, isPending: false }, confirmedAt: now },
  );
  if (identityId) {
    await manager.update(
      Identity,
      { id: identityId },
      { subject: credential.id, canSignIn: true, emailVerified: true },
    );
  }
}

/** Deletes all pending registrations of a credential, and the identities of its links but one. */
export async function dropPending(
  services: EventServices,
  context: RequestContext,
  manager: EntityManager,
  {
    credential: { id },
    exceptIdentityId = null,
  }: { credential: PasswordCredential; exceptIdentityId?: string | null },
): Promise<void> {
  const pending = await manager.findBy(PendingRegistration, { credentialId: id });
  // Registrations first, whose email tokens are deleted with them; then the identities.
  await manager.delete(PendingRegistration, { credentialId: id });
  const ids = pending
    .flatMap(({ identityId }) => identityId ?? [])
    .filter((each) => each !== exceptIdentityId);
  await deleteIdentities(manager, services, context, ids);
}

/** The one to send another email for: a registration before a link, whose user is logged in and can link again. */
export async function findRegistrationToResend(
  manager: EntityManager,
  credential: PasswordCredential,
): Promise<PendingRegistration | null> {
  const pending = (await listPending(manager, credential.id)).reverse();
  return pending.find(({ identityId }) => identityId === null) ?? pending[0] ?? null;
}

/** Restarts the lifetime of a pending registration. */
export async function extendRegistration(
  manager: EntityManager,
  { id }: PendingRegistration,
  now: Date,
): Promise<void> {
  await manager.update(
    PendingRegistration,
    { id },
    { expiresAt: secondsAfter(now, PENDING_DAYS * DAY_SECONDS) },
  );
}

/** Oldest first. */
export const listPending = (manager: EntityManager, credentialId: string): Promise<PendingRegistration[]> =>
  manager.find(PendingRegistration, { where: { credentialId }, order: { createdAt: "ASC", id: "ASC" } });
