/** Unlinking: removes an identity from its user, who must keep one that can log in. */

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
import { type Caller, requireRecentLogin, type SessionServices } from "../sessions/sessions.ts";

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
  (
    services: SessionServices & ProviderServices,
    context: RequestContext,
    { caller, identityId }: Unlinking,
  ): Promise<User> => {
    const enabled = services.providers.enabledProviders().map(({ name }) => name);
    return services.writes.transaction(async (manager) => {
      const locked = await lockCaller(manager, caller);
      // Checked under the lock: the caller may have become a permanent user since the request began.
      requireRecentLogin(services, locked);
      const { user, session } = locked;
      const identity = await manager.findOneBy(Identity, { id: identityId, userId: user.id });
      if (!identity) throw new PasserbyError("IDENTITY_NOT_FOUND");
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
          parameters: [user.id, identity.provider, session.id],
          reason: "IDENTITY_REMOVED",
        });
      }
      await deleteIdentities(manager, services, context, [identityId]);
      await recordEvents(manager, services, context, identityUnlinked(locked, identityId));
      return user;
    });
  },
);
