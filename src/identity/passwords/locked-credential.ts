import type { EntityManager } from "typeorm";
import { execute } from "../../database/sql.ts";
import { Identity } from "../../entities/identity.ts";
import { PasswordCredential } from "../../entities/password-credential.ts";
import { StaleVerificationError } from "../provider.ts";
import { lockUser } from "../sessions/lock-user.ts";

export interface LockedCredential {
  readonly credential: PasswordCredential;
  /** null while it belongs to no user. */
  readonly userId: string | null;
}

/**
 * Locks a credential: first its user's row, then its own. All code locks in this order, so that there are no deadlocks;
 * concurrent logins with the old password, links and changes wait, or have committed before.
 * @returns the current row; null when it was deleted
 * @throws StaleVerificationError when its user changed while the lock was acquired
 */
export async function lockCredential(manager: EntityManager, id: string): Promise<LockedCredential | null> {
  const before = await findOwner(manager, id);
  if (before !== null) await lockUser(manager, before);
  await execute(manager, "UPDATE password_credentials SET is_pending = is_pending WHERE id = ?", [id]);
  const credential = await manager.findOneBy(PasswordCredential, { id });
  if (!credential) return null;
  const userId = await findOwner(manager, id);
  if (userId !== before) throw new StaleVerificationError();
  return { credential, userId };
}

async function findOwner(manager: EntityManager, credentialId: string): Promise<string | null> {
  const credential = await manager.findOneBy(PasswordCredential, { id: credentialId });
  const { identityId } = credential ?? {};
  const identity = identityId ? await manager.findOneBy(Identity, { id: identityId }) : null;
  return identity?.userId ?? null;
}
