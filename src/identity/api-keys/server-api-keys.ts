/** API keys of servers: created by operators, each with a user of its own, which is deleted with the key. */

import type { EntityManager } from "typeorm";
import { v7 as uuidv7 } from "uuid";
import { audited } from "../../audit/audited.ts";
import { auditRules } from "../../audit/rules.ts";
import { secondsAfter } from "../../clock.ts";
import { insertRows } from "../../database/insert-rows.ts";
import { execute, lockTable } from "../../database/sql.ts";
import { hashSecret } from "../../encryption.ts";
import { User } from "../../entities/user.ts";
import { PasserbyError } from "../../errors.ts";
import { auditedWithProvider, type ProviderServices, requireProvider } from "../enabled-provider.ts";
import type { DeployedProvider } from "../provider.ts";
import { insertSessionTombstones } from "../revocation/session-tombstones.ts";
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

type Services = Pick<SessionServices, "writes" | "clock">;

const MAX_SERVER_KEYS = 100;

/**
 * Creates a key and the permanent user that it logs in as.
 * @throws PasserbyError API_KEY_LIMIT_REACHED, BAD_USER_INPUT when the name is already used or not valid
 */
export const createServerApiKey = auditedWithProvider(
  auditRules.createServerApiKey,
  (
    { writes, clock }: Services,
    { deployed, name }: { deployed: DeployedProvider; name: string },
  ): Promise<NewApiKey> => {
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
      return storeApiKey(manager, { userId: user.id, deployed, name, isServer: true, now });
    });
  },
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
export const setServerApiKeyDisabled = audited(
  auditRules.setServerApiKeyDisabled,
  (
    { writes, clock }: Services,
    { id, disabled }: { id: string; disabled: boolean },
  ): Promise<OwnedApiKey> => {
    return writes.transaction(async (manager) => {
      const { identity } = await getServerApiKey(manager, id);
      await lockUser(manager, identity.userId);
      return storeDisabled(manager, {
        // Read again under the lock: it may have changed.
        apiKey: await getServerApiKey(manager, id),
        disabled,
        now: clock.now(),
      });
    });
  },
);

/** Deletes a server's key with the user that it logs in as. @throws PasserbyError API_KEY_NOT_FOUND */
export const deleteServerApiKey = audited(
  auditRules.deleteServerApiKey,
  ({ writes, clock }: Services, id: string): Promise<void> => {
    return writes.transaction(async (manager) => {
      const { identity } = await getServerApiKey(manager, id);
      await insertSessionTombstones(manager, { table: "users", ids: [identity.userId], now: clock.now() });
      const deleted = await execute(manager, "DELETE FROM users WHERE id = ?", [identity.userId]);
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
