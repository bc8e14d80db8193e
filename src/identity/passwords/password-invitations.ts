/** Invitations: imported users have no password, and get an email to choose one. */
import type { EntityManager } from "typeorm";
import { execute, select } from "../../database/sql.ts";
import { EmailToken } from "../../entities/email-token.ts";
import { NO_PASSWORD } from "../../entities/password-credential.ts";
import type { Outbox } from "../../mail/mail.ts";
import type { RequestContext } from "../../request-context.ts";
import { withProvider } from "../enabled-provider.ts";
import type { DeployedProvider } from "../provider.ts";
import type { SessionServices } from "../sessions/sessions.ts";
import { requirePasswords } from "./password-credentials.ts";

export interface Uninvited {
  readonly id: string;
  readonly email: string;
}

/** Users who were sent a token are excluded until its row is purged: four days. */
const FROM_UNINVITED = `FROM password_credentials c JOIN identities i ON i.id = c.identity_id JOIN users u ON u.id = i.user_id
  WHERE c.password_hash = ? AND u.disabled_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM email_tokens t WHERE t.credential_id = c.id AND t.purpose = 'reset')`;

export async function countUninvited(reads: EntityManager): Promise<number> {
  const [row] = await select<{ count: number | string }>(
    reads,
    `SELECT count(*) AS count ${FROM_UNINVITED}`,
    [NO_PASSWORD],
  );
  return Number(row?.count);
}

/** Ordered by id. */
export const listUninvited = (
  reads: EntityManager,
  { after, limit }: { after: string; limit: number },
): Promise<Uninvited[]> =>
  select(reads, `SELECT c.id, c.email ${FROM_UNINVITED} AND c.id > ? ORDER BY c.id LIMIT ?`, [
    NO_PASSWORD,
    after,
    limit,
  ]);

/** @returns false when the user has a password by now, has been sent an email already, or was deleted */
export const inviteToReset = withProvider(async function inviteToReset(
  { writes, outbox }: Pick<SessionServices, "writes"> & { outbox: Outbox },
  _context: RequestContext,
  { deployed, uninvited }: { deployed: DeployedProvider; uninvited: Uninvited },
): Promise<boolean> {
  const { reset: page } = requirePasswords(deployed).pages(deployed.settings);
  const { id, email: to } = uninvited;
  const isInvited = await writes.transaction(async (manager) => {
    // Locks the row: a concurrent reset waits, or has committed before.
    const lockedRows = await execute(
      manager,
      "UPDATE password_credentials SET password_hash = password_hash WHERE id = ? AND password_hash = ?",
      [id, NO_PASSWORD],
    );
    // Another run or the user may have requested an email since the list was read.
    if (lockedRows === 0 || (await manager.existsBy(EmailToken, { credentialId: id, purpose: "reset" })))
      return false;
    await outbox.add(manager, { kind: "moved", to, credentialId: id, page });
    return true;
  });
  outbox.prompt();
  return isInvited;
});
