/** Unlinking: removes an identity from its user, who must keep one that can log in. */

import type { EntityManager } from "typeorm";
import { audited } from "../../audit/audited.ts";
import { auditRules } from "../../audit/rules.ts";
import { execute } from "../../database/sql.ts";
import { Identity } from "../../entities/identity.ts";
import type { Session } from "../../entities/session.ts";
import type { User } from "../../entities/user.ts";
import { PasserbyError } from "../../errors.ts";
import type { ProviderServices } from "../enabled-provider.ts";
import { insertSessionTombstones } from "../revocation/session-tombstones.ts";
import { lockCaller } from "../sessions/lock-caller.ts";
import { type Caller, requireRecentLogin, type SessionServices } from "../sessions/sessions.ts";

/**
 * Removes an identity from the caller, with its password or API key, and ends the other sessions that were started
 * with its provider.
 * @throws PasserbyError REAUTHENTICATION_REQUIRED, IDENTITY_NOT_FOUND, LAST_IDENTITY when no identity that can log in would be left
 */
export const unlinkIdentity = audited(
  auditRules.unlink,
  (
    {
      writes,
      clock,
      policy,
      providers,
    }: Pick<SessionServices, "writes" | "clock" | "policy"> & ProviderServices,
    request: { caller: Caller; identityId: string },
  ): Promise<User> => {
    const { identityId } = request;
    const enabledProviders = providers.enabledProviders().map(({ name }) => name);
    return writes.transaction(async (manager) => {
      const locked = await lockCaller(manager, request.caller);
      // Checked under the lock: the caller may have become a permanent user since the request began.
      requireRecentLogin({ clock, policy }, locked);
      const { user, session } = locked;
      const identity = await manager.findOneBy(Identity, { id: identityId, userId: user.id });
      // Rolled back with everything else where the identity stays.
      if (identity)
        await insertSessionTombstones(manager, { table: "identities", ids: [identityId], now: clock.now() });
      const places = enabledProviders.map(() => "?").join(", ");
      const deleted = await execute(
        manager,
        `DELETE FROM identities WHERE id = ? AND user_id = ? AND EXISTS (
         SELECT 1 FROM identities o
         WHERE o.user_id = ? AND o.id <> ? AND o.can_sign_in AND o.provider IN (${places || "NULL"}))`,
        [identityId, user.id, user.id, identityId, ...enabledProviders],
      );
      if (deleted > 0 && identity?.canSignIn)
        await endSessionsBegunBy(manager, { session, identity, now: clock.now() });
      if (deleted > 0) return user;
      throw new PasserbyError(identity ? "LAST_IDENTITY" : "IDENTITY_NOT_FOUND");
    });
  },
);

/** Ends the user's sessions that were started with the identity's provider, except the caller's. */
const endSessionsBegunBy = (
  manager: EntityManager,
  { session, identity, now }: { session: Session; identity: Identity; now: Date },
): Promise<number> =>
  execute(
    manager,
    "UPDATE sessions SET ended_at = ? WHERE user_id = ? AND provider = ? AND id <> ? AND ended_at IS NULL",
    [+now, session.userId, identity.provider, session.id],
  );
