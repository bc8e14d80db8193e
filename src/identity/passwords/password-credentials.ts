/** What the operations on password credentials share. */
import type { EntityManager } from "typeorm";
import type { ClientInfo } from "../../client-info.ts";
import { execute } from "../../database/sql.ts";
import { Identity } from "../../entities/identity.ts";
import { PasswordCredential } from "../../entities/password-credential.ts";
import { PasserbyError } from "../../errors.ts";
import { clientKey } from "../../rate-limits/client-address.ts";
import { countWrongSecrets } from "../../rate-limits/count-failures.ts";
import type { Limits } from "../../rate-limits/limits.ts";
import type { DeployedProvider, PasswordCredentials } from "../provider.ts";
import type { LockedCredential } from "./locked-credential.ts";

/** @throws PasserbyError PROVIDER_NOT_FOUND when that provider stores no passwords */
export function requirePasswords({ provider }: DeployedProvider): PasswordCredentials {
  if (!provider.passwords) throw new PasserbyError("PROVIDER_NOT_FOUND");
  return provider.passwords;
}

/** Runs an operation that consumes a token of an email; wrong tokens are counted. */
export const withinTokenLimit = <T>(limits: Limits, client: ClientInfo, use: () => Promise<T>): Promise<T> =>
  countWrongSecrets(
    { limits },
    { counters: [["failedLogins", clientKey(client, "mail-token:")]], wrong: ["TOKEN_INVALID"] },
    use,
  );

/** Marks the email as confirmed: its identity can log in. */
export async function markConfirmed(
  manager: EntityManager,
  { credential }: LockedCredential,
  { isVouchedFor, now }: { isVouchedFor: boolean; now: Date },
): Promise<void> {
  const { id, confirmedAt, identityId } = credential;
  await manager.update(PasswordCredential, { id }, { confirmedAt: confirmedAt ?? now, isVouchedFor });
  await execute(manager, "DELETE FROM email_tokens WHERE credential_id = ? AND purpose = ?", [id, "confirm"]);
  if (identityId)
    await manager.update(Identity, { id: identityId }, { canSignIn: true, emailVerified: true });
}

/** Replaces the password hash, and deletes reset tokens and merge tickets that depended on the old password. */
export async function replacePassword(
  manager: EntityManager,
  { credential }: LockedCredential,
  passwordHash: string,
): Promise<void> {
  const { id, identityId } = credential;
  await manager.update(PasswordCredential, { id }, { passwordHash });
  await execute(manager, "DELETE FROM email_tokens WHERE credential_id = ? AND purpose = ?", [id, "reset"]);
  if (identityId) await execute(manager, "DELETE FROM merge_tickets WHERE identity_id = ?", [identityId]);
}
