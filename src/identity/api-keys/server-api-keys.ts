/** API keys of servers: created by operators, each with a user of its own, which is deleted with the key. */

import type { EntityManager } from "typeorm";
import { v7 as uuidv7 } from "uuid";
import { recordFailures } from "../../audit/record-failures.ts";
import { secondsAfter } from "../../clock.ts";
import { insertRows } from "../../database/insert-rows.ts";
import { execute, lockTable } from "../../database/sql.ts";
import { hashSecret } from "../../encryption.ts";
import { User } from "../../entities/user.ts";
import { PasserbyError } from "../../errors.ts";
import { serverKeyChanged, serverKeyCreated, serverKeyDeleted } from "../../events/credential-events.ts";
import { recordEvents } from "../../events/record-events.ts";
import type { RequestContext } from "../../request-context.ts";
import { type ProviderServices, requireProvider, withProvider } from "../enabled-provider.ts";
import type { DeployedProvider } from "../provider.ts";
import { deleteUsers } from "../revocation/deletions.ts";
import { lockUser } from "../sessions/lock-user.ts";
import type { SessionServices } from "../sessions/sessions.ts";
import {
  getKeys,
  type NewApiKey,
  type OwnedApiKey,
  requireRoom,
  selectKeys,
  storeApiKey,
  storeDisabled,
} from "./stored-api-keys.ts";

const MAX_SERVER_KEYS = 100;

/**
 * Creates a key and the permanent user that it logs in as.
 * @throws PasserbyError API_KEY_LIMIT_REACHED, BAD_USER_INPUT when the name is already used or not valid
 */
export const createServerApiKey = withProvider(
  recordFailures(
    () => ({ action: "SERVER_KEY_CREATED" }),
    (
      services: SessionServices,
      context: RequestContext,
      { deployed, name }: { deployed: DeployedProvider; name: string },
    ): Promise<NewApiKey> => {
      const { writes, clock } = services;
      return writes.transaction(async (manager) => {
        await lockTable(manager, "api_keys");
        requireRoom(await listServerApiKeys(manager), { name, most: MAX_SERVER_KEYS });
        const now = clock.now();
        const user = Object.assign(new User(), {
          id: uuidv7({ msecs: now.getTime() }),
          isAnonymous: false,
          createdAt: now,
          lastLoginAt: null,
          disabledAt: null,
          profile: null,
        });
        await insertRows(manager, { entity: User, rows: [user] });
        const key = { userId: user.id, deployed, name, isServer: true, now };
        const created = await storeApiKey(manager, key);
        await recordEvents(manager, services, context, serverKeyCreated(user, created.apiKey));
        return created;
      });
    },
  ),
);

/** Last use is written at most this often. */
const LAST_USE_SECONDS = 60;

/**
 * Verifies a server's key without a login.
 * @throws PasserbyError UNAUTHENTICATED when it is not a server's key or is disabled, PROVIDER_DISABLED when API keys are disabled
 */
export async function findServer(
  services: Pick<SessionServices, "reads" | "writes" | "clock"> & ProviderServices,
  secret: string,
): Promise<OwnedApiKey> {
  const { reads, writes, clock } = services;
  const [apiKey] = await getKeys(
    selectKeys(reads)
      .innerJoin("identity.user", "user")
      .where("key.hash = :hash AND key.isServer AND key.disabledAt IS NULL AND user.disabledAt IS NULL", {
        hash: hashSecret(secret),
      }),
  );
  if (!apiKey) throw new PasserbyError("UNAUTHENTICATED");
  const { id, lastUsedAt } = apiKey.identity;
  const now = clock.now();
  if (!lastUsedAt || now > secondsAfter(lastUsedAt, LAST_USE_SECONDS)) {
    await writes.transaction((manager) =>
      execute(manager, "UPDATE identities SET last_used_at = ? WHERE id = ?", [+now, id]),
    );
  }
  requireProvider(services, apiKey.identity);
  return apiKey;
}

/** Oldest first. */
export const listServerApiKeys = (reads: EntityManager): Promise<OwnedApiKey[]> =>
  getKeys(selectKeys(reads).where("key.isServer"));

/**
 * Enables or disables a server's key; idempotent. Disabling ends the sessions that were started with it.
 * @throws PasserbyError API_KEY_NOT_FOUND
 */
export const setServerApiKeyDisabled = recordFailures(
  ({ id, disabled }: { id: string; disabled: boolean }) => ({
    action: disabled ? "SERVER_KEY_DISABLED" : "SERVER_KEY_ENABLED",
    target: id,
  }),
  (
    services: SessionServices,
    context: RequestContext,
    { id, disabled }: { id: string; disabled: boolean },
  ): Promise<OwnedApiKey> => {
    return services.writes.transaction(async (manager) => {
      const { identity } = await getServerApiKey(manager, id);
      await lockUser(manager, identity.userId);
      // Read again under the lock: it may have changed.
      const apiKey = await getServerApiKey(manager, id);
      await storeDisabled(services, context, manager, { apiKey, disabled });
      const event = serverKeyChanged(disabled ? "DISABLED" : "ENABLED", apiKey);
      await recordEvents(manager, services, context, event);
      return apiKey;
    });
  },
);

/** Deletes a server's key with the user that it logs in as. @throws PasserbyError API_KEY_NOT_FOUND */
export const deleteServerApiKey = recordFailures(
  ({ id }: { id: string }) => ({ action: "SERVER_KEY_DELETED", target: id }),
  (services: SessionServices, context: RequestContext, { id }: { id: string }): Promise<void> => {
    return services.writes.transaction(async (manager) => {
      const apiKey = await getServerApiKey(manager, id);
      const deleted = await deleteUsers(manager, services, context, {
        ids: [apiKey.identity.userId],
        eventOf: (user) => serverKeyDeleted(user, apiKey),
      });
      if (deleted === 0) throw notFound();
    });
  },
);

const notFound = (): PasserbyError =>
  new PasserbyError("API_KEY_NOT_FOUND", {
    message: "There is no server key of that id. `serverApiKeys` lists them.",
  });

async function getServerApiKey(manager: EntityManager, id: string): Promise<OwnedApiKey> {
  const [apiKey] = await getKeys(selectKeys(manager).where("key.isServer AND key.id = :id", { id }));
  if (!apiKey) throw notFound();
  return apiKey;
}
