/**
 * Who owns an email: the user for whom an email of this gateway confirmed it, by a code or for a password. All identities
 * that such an email confirmed are that user's. What was typed and not confirmed shows nothing, and ends when the owner
 * shows to read the mailbox.
 */
import type { EntityManager } from "typeorm";
import { execute, select } from "../../database/sql.ts";
import { Identity } from "../../entities/identity.ts";
import { NO_PASSWORD, PasswordCredential } from "../../entities/password-credential.ts";
import { PendingRegistration } from "../../entities/pending-registration.ts";
import type { EventServices } from "../../events/record-events.ts";
import type { RequestContext } from "../../request-context.ts";
import type { ProviderServices } from "../enabled-provider.ts";
import { findCredential } from "../find-credential.ts";
import { deleteIdentities } from "../revocation/deletions.ts";
import { lockUser } from "../sessions/lock-user.ts";

export interface EmailOwner {
  readonly identityId: string;
  readonly userId: string;
}

/**
 * The email of an imported user without a password was not typed at this gateway: as with a password reset, that user
 * belongs to the owner of the mailbox.
 */
export async function findEmailOwner(
  { providers: { confirmingEmails } }: ProviderServices,
  reads: EntityManager,
  email: string,
): Promise<EmailOwner | null> {
  const [row] = await select<{ id: string; user_id: string }>(
    reads,
    `SELECT i.id, i.user_id FROM identities i LEFT JOIN password_credentials c ON c.identity_id = i.id
     WHERE i.email = ? AND i.can_sign_in AND i.provider IN (${confirmingEmails.map(() => "?").join(", ")})
       AND (i.email_verified OR c.password_hash = ?)
     ORDER BY i.id LIMIT 1`,
    [email, ...confirmingEmails, NO_PASSWORD],
  );
  return row ? { identityId: row.id, userId: row.user_id } : null;
}

/**
 * Ends what was typed for an email and not confirmed: registrations and links that wait, and a password that needed no
 * confirmation, with its identity and the tokens of their emails. A password of the user who links the email is confirmed instead.
 * Locks the credential, so that concurrent logins with it decide again.
 */
export async function claimEmail(
  services: EventServices,
  context: RequestContext,
  manager: EntityManager,
  { email, userId }: { email: string; userId: string | null },
): Promise<void> {
  const found = await findCredential(manager, email);
  if (!found) return;
  const ownerId = await findUserOf(manager, found);
  if (ownerId !== null && ownerId !== userId) await lockUser(manager, ownerId);
  const { id } = found;
  await execute(manager, "UPDATE password_credentials SET is_pending = is_pending WHERE id = ?", [id]);
  const credential = await manager.findOneBy(PasswordCredential, { id });
  if (!credential || (credential.confirmedAt && !credential.isPending)) return;
  const { identityId } = credential;
  const isOwn = identityId !== null && (userId === ownerId || credential.passwordHash === NO_PASSWORD);
  if (isOwn && !credential.isPending) {
    const confirmed = { confirmedAt: services.clock.now(), isVouchedFor: true };
    await manager.update(PasswordCredential, { id }, confirmed);
    await manager.update(Identity, { id: identityId }, { emailVerified: true });
    await execute(manager, "DELETE FROM email_tokens WHERE credential_id = ?", [id]);
    return;
  }
  const pending = await manager.findBy(PendingRegistration, { credentialId: id });
  // With its registrations and email tokens; then the identities.
  await manager.delete(PasswordCredential, { id });
  const ids = [identityId, ...pending.map((each) => each.identityId)].flatMap((each) => each ?? []);
  await deleteIdentities(manager, services, context, ids);
}

async function findUserOf(
  manager: EntityManager,
  { identityId }: PasswordCredential,
): Promise<string | null> {
  const identity = identityId === null ? null : await manager.findOneBy(Identity, { id: identityId });
  return identity?.userId ?? null;
}
