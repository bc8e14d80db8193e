/** API keys that users create for their programs. Logging in with one is in the `api-key` provider. */

import type { EntityManager } from "typeorm";
import { PasserbyError } from "../../errors.ts";
import { apiKeyChanged } from "../../events/credential-events.ts";
import { recordEvents } from "../../events/record-events.ts";
import type { RequestContext } from "../../request-context.ts";
import { withProvider } from "../enabled-provider.ts";
import type { DeployedProvider } from "../provider.ts";
import { deleteIdentities } from "../revocation/deletions.ts";
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

const MAX_KEYS = 20;

/**
 * Creates an API key for the caller.
 * @throws PasserbyError FORBIDDEN for an anonymous user, REAUTHENTICATION_REQUIRED, API_KEY_LIMIT_REACHED, BAD_USER_INPUT when the name is already used
 *   or not valid
 */
export const createApiKey = withProvider(
  (
    services: SessionServices,
    context: RequestContext,
    { caller, deployed, name }: { caller: Caller; deployed: DeployedProvider; name: string },
  ): Promise<NewApiKey> => {
    const { writes, clock } = services;
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
      requireRecentLogin(services, locked);
      requireRoom(await listApiKeys(manager, [user.id]), { name, most: MAX_KEYS });
      const key = { userId: user.id, deployed, name, isServer: false, now: clock.now() };
      const created = await storeApiKey(manager, key);
      await recordEvents(manager, services, context, apiKeyChanged("CREATED", created.apiKey));
      return created;
    });
  },
);

/**
 * Enables or disables an API key of the caller; idempotent. Disabling ends the sessions that were started with it.
 * @throws PasserbyError API_KEY_NOT_FOUND
 */
export function setApiKeyDisabled(
  services: SessionServices,
  context: RequestContext,
  { caller, id, disabled }: { caller: Caller; id: string; disabled: boolean },
): Promise<OwnedApiKey> {
  return services.writes.transaction(async (manager) => {
    const apiKey = await lockApiKey(manager, caller, id);
    await storeDisabled(services, context, manager, { apiKey, disabled });
    const event = apiKeyChanged(disabled ? "DISABLED" : "ENABLED", apiKey);
    await recordEvents(manager, services, context, event);
    return apiKey;
  });
}

/** Deletes an API key of the caller, with its identity and sessions. @throws PasserbyError API_KEY_NOT_FOUND */
export function deleteApiKey(
  services: SessionServices,
  context: RequestContext,
  { caller, id }: { caller: Caller; id: string },
): Promise<void> {
  return services.writes.transaction(async (manager) => {
    const apiKey = await lockApiKey(manager, caller, id);
    await deleteIdentities(manager, services, context, [apiKey.identityId]);
    await recordEvents(manager, services, context, apiKeyChanged("DELETED", apiKey));
  });
}

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
