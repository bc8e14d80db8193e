/** Unlinking: removes an identity from its user, who must keep one that can log in. */
import type { EntityManager } from "typeorm";
import { recordFailures } from "../../audit/record-failures.ts";
import { select } from "../../database/sql.ts";
import { Identity } from "../../entities/identity.ts";
import type { User } from "../../entities/user.ts";
import { PasserbyError } from "../../errors.ts";
import { identityUnlinked } from "../../events/domain-events.ts";
import { recordEvents } from "../../events/record-events.ts";
import type { RequestContext } from "../../request-context.ts";
import type { ProviderServices } from "../enabled-provider.ts";
import { deleteIdentities } from "../revocation/deletions.ts";
import { endSessions } from "../sessions/end-sessions.ts";
import { lockCaller } from "../sessions/lock-caller.ts";
import { lockUser } from "../sessions/lock-user.ts";
import { type Caller, requireRecentLogin, type SessionServices } from "../sessions/sessions.ts";

type Needed = SessionServices & ProviderServices;

interface Unlinking {
  readonly caller: Caller;
  readonly identityId: string;
}

/**
 * Removes an identity from the caller, with its password or API key, and ends the other sessions that were started
 * with its provider.
 * @throws PasserbyError REAUTHENTICATION_REQUIRED, IDENTITY_NOT_FOUND, LAST_IDENTITY when no identity that can log in would be left
 */
export const unlinkIdentity = recordFailures(
  ({ caller, identityId }: Unlinking) => ({
    action: "IDENTITY_UNLINKED",
    userId: caller.user.id,
    target: identityId,
  }),
  (services: Needed, context: RequestContext, { caller, identityId }: Unlinking): Promise<User> =>
    services.writes.transaction(async (manager) => {
      const locked = await lockCaller(manager, caller);
      // Checked under the lock: the caller may have become a permanent user since the request began.
      requireRecentLogin(services, locked);
      const { user, session } = locked;
      await removeIdentity(manager, services, context, { user, identityId, exceptSessionId: session.id });
      return user;
    }),
);

interface OperatorUnlinking {
  readonly userId: string;
  readonly identityId: string;
}

/**
 * The same for an operator, such as for a passkey on a device that was lost: all sessions end that were started with its
 * provider.
 * @param request.userId no former id
 * @throws PasserbyError USER_NOT_FOUND, IDENTITY_NOT_FOUND, LAST_IDENTITY
 */
export const unlinkIdentityOf = recordFailures(
  ({ userId, identityId }: OperatorUnlinking) => ({
    action: "IDENTITY_UNLINKED",
    userId,
    target: identityId,
  }),
  (services: Needed, context: RequestContext, { userId, identityId }: OperatorUnlinking): Promise<User> =>
    services.writes.transaction(async (manager) => {
      const user = await lockUser(manager, userId);
      if (!user) throw new PasserbyError("USER_NOT_FOUND");
      await removeIdentity(manager, services, context, { user, identityId });
      return user;
    }),
);

/** @param removal.user whose row is locked */
async function removeIdentity(
  manager: EntityManager,
  services: Needed,
  context: RequestContext,
  removal: { user: User; identityId: string; exceptSessionId?: string },
): Promise<void> {
  const { user, identityId, exceptSessionId = "" } = removal;
  const identity = await manager.findOneBy(Identity, { id: identityId, userId: user.id });
  if (!identity) throw new PasserbyError("IDENTITY_NOT_FOUND");
  const enabled = services.providers.enabledProviders().map(({ name }) => name);
  const others = await select(
    manager,
    `SELECT 1 FROM identities WHERE user_id = ? AND id <> ? AND can_sign_in
       AND provider IN (${enabled.map(() => "?").join(", ") || "NULL"}) LIMIT 1`,
    [user.id, identityId, ...enabled],
  );
  if (others.length === 0) throw new PasserbyError("LAST_IDENTITY");
  if (identity.canSignIn) {
    await endSessions(manager, services, context, {
      where: "user_id = ? AND provider = ? AND id <> ?",
      parameters: [user.id, identity.provider, exceptSessionId],
      reason: "IDENTITY_REMOVED",
    });
  }
  await deleteIdentities(manager, services, context, [identityId]);
  await recordEvents(manager, services, context, identityUnlinked(user, identityId));
}
