import type { EntityManager } from "typeorm";
import { execute } from "../../database/sql.ts";
import { Identity } from "../../entities/identity.ts";
import { PasswordCredential } from "../../entities/password-credential.ts";
import { StaleVerificationError } from "../provider.ts";
import { lockUser } from "../sessions/lock-user.ts";

export interface LockedCredential {
  readonly credential: PasswordCredential;
  /** null while it belongs to nobody. */
  readonly userId: string | null;
}

/**
 * A credential as it is now. Its user's row and its own stay locked, in this order, which is everybody's: a login with the
 * old password, a link and another change wait, or have won.
 * @returns null when it is gone
 * @throws StaleVerificationError when it changed hands at this very moment
 */
export async function holdCredential(manager: EntityManager, id: string): Promise<LockedCredential | null> {
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
