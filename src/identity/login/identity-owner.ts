/** Whose a verified identity is. */
import type { EntityManager } from "typeorm";
import { select } from "../../database/sql.ts";
import type { ProviderServices } from "../enabled-provider.ts";
import { StaleVerificationError, type VerifiedIdentity } from "../provider.ts";
import { type EmailOwner, findEmailOwner } from "./email-owner.ts";

export interface IdentityOwner extends EmailOwner {
  /** The user has no such identity yet, but another one with the same confirmed email, which is `identityId`. */
  readonly isByEmail: boolean;
}

/** The user that a verified identity belongs to; null when there is none. */
export async function findOwner(
  services: ProviderServices,
  reads: EntityManager,
  { provider, verified }: { provider: string; verified: VerifiedIdentity },
): Promise<IdentityOwner | null> {
  const [row] = await select<{ id: string; user_id: string }>(
    reads,
    "SELECT id, user_id FROM identities WHERE provider = ? AND subject = ?",
    [provider, verified.subject],
  );
  if (row) return { identityId: row.id, userId: row.user_id, isByEmail: false };
  if (!verified.isEmailConfirmed || verified.email === null) return null;
  const owner = await findEmailOwner(services, reads, verified.email);
  return owner && { ...owner, isByEmail: true };
}

/** The email may have got an owner, or another one, until its credential was locked. @throws StaleVerificationError */
export async function requireSameOwner(
  services: ProviderServices,
  manager: EntityManager,
  { verified, userId }: { verified: VerifiedIdentity; userId: string | null },
): Promise<void> {
  if (!verified.isEmailConfirmed || verified.email === null) return;
  const owner = await findEmailOwner(services, manager, verified.email);
  if ((owner?.userId ?? null) !== userId) throw new StaleVerificationError();
}
