/** Pending registrations: passwords that wait for the confirmation of their email. The email belongs to no user until then. */
import type { EntityManager } from "typeorm";
import { v7 as uuidv7 } from "uuid";
import type { Identity } from "../../entities/identity.ts";
import { NO_PASSWORD, PasswordCredential } from "../../entities/password-credential.ts";
import { PENDING_DAYS, PendingRegistration } from "../../entities/pending-registration.ts";
import { StaleVerificationError, type VerificationContext } from "../../identity/provider.ts";

const DAY_MS = 86_400_000;

export interface NewPending {
  readonly id: string;
  readonly email: string;
  readonly typedEmail: string | null;
  readonly passwordHash: string;
  readonly createdAt: Date;
}

/**
 * Stores a pending registration, and its credential if the email has none.
 * @returns the credential's id; null if the email is confirmed and so belongs to a user
 */
export async function storePending(
  manager: EntityManager,
  { id, email, typedEmail, passwordHash, createdAt }: NewPending,
  identityId: string | null,
): Promise<string | null> {
  const fresh = { id, email, typedEmail, passwordHash: NO_PASSWORD, createdAt, isPending: true };
  // Decided by the database: of two concurrent ones, one finds the row of the other.
  await manager.createQueryBuilder().insert().into(PasswordCredential).values(fresh).orIgnore().execute();
  const { affected } = await manager.update(
    PasswordCredential,
    { email, isPending: true },
    { typedEmail, createdAt },
  );
  const credential = await manager.findOneBy(PasswordCredential, { email });
  if (!credential) throw new StaleVerificationError();
  if (affected !== 1) return null;
  const expiresAt = new Date(+createdAt + PENDING_DAYS * DAY_MS);
  await manager.insert(PendingRegistration, {
    ...{ id, credentialId: credential.id, typedEmail, passwordHash, identityId, createdAt, expiresAt },
  });
  return credential.id;
}

/** Uses an unconfirmed email for a registration that needs no confirmation, and deletes the pending registrations.
 * @returns false if the email belongs to a user */
export async function takePending(
  { deleteIdentities }: Pick<VerificationContext, "deleteIdentities">,
  manager: EntityManager,
  {
    id,
    typedEmail,
    passwordHash,
    createdAt,
    confirmedAt,
  }: Pick<PasswordCredential, "id" | "typedEmail" | "passwordHash" | "createdAt" | "confirmedAt">,
): Promise<boolean> {
  const { affected } = await manager.update(
    PasswordCredential,
    { id, isPending: true },
    { typedEmail, passwordHash, createdAt, confirmedAt, isPending: false },
  );
  if (affected !== 1) return false;
  const waiting = await manager.findBy(PendingRegistration, { credentialId: id });
  await manager.delete(PendingRegistration, { credentialId: id });
  await deleteIdentities(
    manager,
    waiting.flatMap(({ identityId }) => identityId ?? []),
  );
  return true;
}

/** The newest pending registration. A login is compared with this one only, because it may cost one hash. */
export const findNewestPending = (
  reads: EntityManager,
  { id }: PasswordCredential,
): Promise<PendingRegistration | null> =>
  reads.findOne(PendingRegistration, {
    where: { credentialId: id },
    order: { createdAt: "DESC", id: "DESC" },
  });

/** The linking user's pending registration of that email; null for none. */
export async function findOwnPending(
  { reads, linkingUserId = null }: Pick<VerificationContext, "reads" | "linkingUserId">,
  credential: PasswordCredential | null,
): Promise<(PendingRegistration & { readonly identity: Identity }) | null> {
  if (!credential || linkingUserId === null) return null;
  const own = await reads.findOne(PendingRegistration, {
    where: { credentialId: credential.id, identity: { userId: linkingUserId } },
    relations: { identity: true },
  });
  return own as (PendingRegistration & { readonly identity: Identity }) | null;
}

export const createRegistrationId = (createdAt: Date): string => uuidv7({ msecs: createdAt.getTime() });
