/** API keys that users create for their programs. Logging in with one is in the `api-key` provider. */

import type { EntityManager } from "typeorm";
import { audited } from "../../audit/audited.ts";
import { auditRules } from "../../audit/rules.ts";
import { execute } from "../../database/sql.ts";
import { PasserbyError } from "../../errors.ts";
import { auditedWithProvider } from "../enabled-provider.ts";
import type { DeployedProvider } from "../provider.ts";
import { insertSessionTombstones } from "../revocation/session-tombstones.ts";
import { lockCaller } from "../sessions/lock-caller.ts";
import { type Caller, requireRecentLogin, type SessionServices } from "../sessions/sessions.ts";
import {
  getKeys,
  type NewApiKey,
  type OwnedApiKey,
  requireRoom,
  selectKeys,
  storeApiKey,
  storeDisabled,
} from "./stored-api-keys.ts";

type Services = Pick<SessionServices, "writes" | "clock">;

const MAX_KEYS = 20;

/**
 * Creates an API key for the caller.
 * @throws PasserbyError FORBIDDEN for an anonymous user, REAUTHENTICATION_REQUIRED, API_KEY_LIMIT_REACHED, BAD_USER_INPUT when the name is already used
 *   or not valid
 */
export const createApiKey = auditedWithProvider(
  auditRules.createApiKey,
  (
    { writes, clock, policy }: Services & Pick<SessionServices, "policy">,
    { caller, deployed, name }: { caller: Caller; deployed: DeployedProvider; name: string },
  ): Promise<NewApiKey> => {
    return writes.transaction(async (manager) => {
      const locked = await lockCaller(manager, caller);
      const { user } = locked;
      if (user.isAnonymous) {
        throw new PasserbyError("FORBIDDEN", {
          message: "An anonymous user has no API keys. Link an identity with `linkIdentity` first.",
          details: { reason: "ANONYMOUS" },
        });
      }
      // Checked again under the lock: the caller may have become a permanent user since the request began.
      requireRecentLogin({ clock, policy }, locked);
      requireRoom(await listApiKeys(manager, [user.id]), { name, most: MAX_KEYS });
      return storeApiKey(manager, { userId: user.id, deployed, name, isServer: false, now: clock.now() });
    });
  },
);

/**
 * Enables or disables an API key of the caller; idempotent. Disabling ends the sessions that were started with it.
 * @throws PasserbyError API_KEY_NOT_FOUND
 */
export const setApiKeyDisabled = audited(
  auditRules.setApiKeyDisabled,
  (
    { writes, clock }: Services,
    { caller, id, disabled }: { caller: Caller; id: string; disabled: boolean },
  ): Promise<OwnedApiKey> => {
    return writes.transaction(async (manager) =>
      storeDisabled(manager, {
        apiKey: await lockApiKey(manager, caller, id),
        disabled,
        now: clock.now(),
      }),
    );
  },
);

/** Deletes an API key of the caller, with its identity and sessions. @throws PasserbyError API_KEY_NOT_FOUND */
export const deleteApiKey = audited(
  auditRules.deleteApiKey,
  ({ writes, clock }: Services, { caller, id }: { caller: Caller; id: string }): Promise<void> => {
    return writes.transaction(async (manager) => {
      const { identityId } = await lockApiKey(manager, caller, id);
      await insertSessionTombstones(manager, { table: "identities", ids: [identityId], now: clock.now() });
      await execute(manager, "DELETE FROM identities WHERE id = ?", [identityId]);
    });
  },
);

/** Oldest first. */
export const listApiKeys = (reads: EntityManager, userIds: readonly string[]): Promise<OwnedApiKey[]> =>
  getKeys(selectKeys(reads).where("identity.userId IN (:...userIds)", { userIds }));

/** An API key of the caller. Locks the caller's user, so that no login with the key runs at the same time. */
async function lockApiKey(manager: EntityManager, caller: Caller, id: string): Promise<OwnedApiKey> {
  const { user } = await lockCaller(manager, caller);
  const [apiKey] = await getKeys(
    selectKeys(manager).where("key.id = :id AND identity.userId = :userId AND NOT key.isServer", {
      id,
      userId: user.id,
    }),
  );
  if (!apiKey) throw new PasserbyError("API_KEY_NOT_FOUND");
  return apiKey;
}
