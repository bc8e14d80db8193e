/** Registrations that wait for their mail: which one a mail is for, and what becomes of all once one is confirmed. */
import type { EntityManager } from "typeorm";
import { DAY_SECONDS, secondsAfter } from "../../clock.ts";
import { Identity } from "../../entities/identity.ts";
import { PasswordCredential } from "../../entities/password-credential.ts";
import { PENDING_DAYS, PendingRegistration } from "../../entities/pending-registration.ts";
import { StaleVerificationError } from "../provider.ts";
import { lockUser } from "../sessions/lock-user.ts";
import { holdCredential } from "./locked-credential.ts";

/** One whose linking user, if there is one, and whose credential are locked, in the order that is everybody's. */
export interface LockedRegistration {
  readonly credential: PasswordCredential;
  readonly registration: PendingRegistration;
  /** null where it was registered and not linked. */
  readonly userId: string | null;
}

/** @returns null when it is gone: confirmed, replaced, unlinked or purged */
export async function holdRegistration(
  manager: EntityManager,
  id: string,
): Promise<LockedRegistration | null> {
  const before = await findLinkingUser(manager, id);
  if (before !== null) await lockUser(manager, before);
  const registration = await manager.findOneBy(PendingRegistration, { id });
  if (!registration) return null;
  const held = await holdCredential(manager, registration.credentialId);
  // Whoever held the credential until now may have ended it.
  if (!held?.credential.isPending || !(await manager.existsBy(PendingRegistration, { id }))) return null;
  const userId = await findLinkingUser(manager, id);
  if (userId !== before) throw new StaleVerificationError();
  return { credential: held.credential, registration, userId };
}

async function findLinkingUser(manager: EntityManager, id: string): Promise<string | null> {
  const found = await manager.findOne(PendingRegistration, { where: { id }, relations: { identity: true } });
  return found?.identity?.userId ?? null;
}

/** Makes one the credential's password, and its link, if it is one, a sign-in method. All others end. */
export async function settleRegistration(
  manager: EntityManager,
  { credential, registration }: LockedRegistration,
  settled: { passwordHash: string; isVouchedFor: boolean; now: Date },
): Promise<void> {
  const { passwordHash, isVouchedFor, now } = settled;
  const { identityId, typedEmail } = registration;
  await dropWaiting(manager, credential, identityId);
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

/** Ends all that waits for a credential, and the identities of its links but one. */
export async function dropWaiting(
  manager: EntityManager,
  { id }: PasswordCredential,
  keptIdentityId: string | null = null,
): Promise<void> {
  const waiting = await manager.findBy(PendingRegistration, { credentialId: id });
  // Registrations first, so that the kept identity's does not take it along; their mails' tokens go with them.
  await manager.delete(PendingRegistration, { credentialId: id });
  for (const { identityId } of waiting) {
    if (identityId && identityId !== keptIdentityId) await manager.delete(Identity, { id: identityId });
  }
}

/** Which one another mail is for: a registration before a link, which somebody made who is signed in and can link again. */
export async function findToRemind(
  manager: EntityManager,
  credential: PasswordCredential,
): Promise<PendingRegistration | null> {
  const waiting = (await listWaiting(manager, credential.id)).reverse();
  return waiting.find(({ identityId }) => identityId === null) ?? waiting[0] ?? null;
}

/** Another mail is another week. */
export async function prolong(manager: EntityManager, { id }: PendingRegistration, now: Date): Promise<void> {
  await manager.update(
    PendingRegistration,
    { id },
    { expiresAt: secondsAfter(now, PENDING_DAYS * DAY_SECONDS) },
  );
}

/** All that wait, oldest first. */
export const listWaiting = (manager: EntityManager, credentialId: string): Promise<PendingRegistration[]> =>
  manager.find(PendingRegistration, { where: { credentialId }, order: { createdAt: "ASC", id: "ASC" } });
