/**
 * API keys: each is an identity with a secret beside it. Here are those that users make for their programs, and what
 * they share with those of servers. How one logs in is its provider's.
 */
import { randomBytes } from "node:crypto";
import type { EntityManager, SelectQueryBuilder } from "typeorm";
import { v7 as uuidv7 } from "uuid";
import { insertRows } from "../database/insert-rows.ts";
import { execute } from "../database/sql.ts";
import { ApiKey } from "../entities/api-key.ts";
import { Identity } from "../entities/identity.ts";
import { PasserbyError } from "../errors.ts";
import { hashSecret } from "../vault.ts";
import { holdCaller } from "./linking.ts";
import { planIdentity } from "./login.ts";
import type { DeployedProvider } from "./provider.ts";
import type { Caller, SessionServices } from "./sessions.ts";

type Services = Pick<SessionServices, "writes" | "clock">;

/** A key with its identity, which says whose it is and when it was used last. */
export type OwnedApiKey = ApiKey & { readonly identity: Identity };

/** The secret is in the answer, and nowhere afterwards. */
export interface NewApiKey {
  readonly apiKey: OwnedApiKey;
  readonly secret: string;
}

const KEY_PREFIX = "pbk_";
const SHOWN_CHARACTERS = 8;
const MOST_KEYS = 20;

/**
 * Makes a key of the caller's.
 * @throws PasserbyError FORBIDDEN for an anonymous user, API_KEY_LIMIT_REACHED, BAD_USER_INPUT when the name is
 *   taken or no name
 */
export function createApiKey(
  { writes, clock }: Services,
  { caller, deployed, name }: { caller: Caller; deployed: DeployedProvider; name: string },
): Promise<NewApiKey> {
  return writes.transaction(async (manager) => {
    const { user } = await holdCaller(manager, caller);
    if (user.isAnonymous) {
      throw new PasserbyError("FORBIDDEN", {
        message: "An anonymous user has no API keys. Link an identity with `linkIdentity` first.",
      });
    }
    requireRoom(await listApiKeys(manager, [user.id]), { name, most: MOST_KEYS });
    return storeApiKey(manager, { userId: user.id, deployed, name, isServer: false, now: clock.now() });
  });
}

/**
 * Switches a key of the caller's on or off; doing so twice is no mistake. Off ends the sessions that it began.
 * @throws PasserbyError API_KEY_NOT_FOUND
 */
export function setApiKeyDisabled(
  { writes, clock }: Services,
  { caller, id, disabled }: { caller: Caller; id: string; disabled: boolean },
): Promise<OwnedApiKey> {
  return writes.transaction(async (manager) =>
    storeDisabled(manager, {
      apiKey: await holdApiKey(manager, caller, id),
      disabled,
      now: clock.now(),
    }),
  );
}

/** Deletes a key of the caller's, with its identity and its sessions. @throws PasserbyError API_KEY_NOT_FOUND */
export function deleteApiKey(
  { writes }: Pick<Services, "writes">,
  { caller, id }: { caller: Caller; id: string },
): Promise<void> {
  return writes.transaction(async (manager) => {
    const { identityId } = await holdApiKey(manager, caller, id);
    await execute(manager, "DELETE FROM identities WHERE id = ?", [identityId]);
  });
}

/** Oldest first. */
export const listApiKeys = (reads: EntityManager, userIds: readonly string[]): Promise<OwnedApiKey[]> =>
  getKeys(selectKeys(reads).where("identity.userId IN (:...userIds)", { userIds }));

/** A key that the caller may change. The caller's user is held, so that no login of that key is half-way. */
async function holdApiKey(manager: EntityManager, caller: Caller, id: string): Promise<OwnedApiKey> {
  const { user } = await holdCaller(manager, caller);
  const [apiKey] = await getKeys(
    selectKeys(manager).where("key.id = :id AND identity.userId = :userId AND NOT key.isServer", {
      id,
      userId: user.id,
    }),
  );
  if (!apiKey) throw new PasserbyError("API_KEY_NOT_FOUND");
  return apiKey;
}

export const selectKeys = (reads: EntityManager): SelectQueryBuilder<ApiKey> =>
  reads
    .createQueryBuilder(ApiKey, "key")
    .innerJoinAndSelect("key.identity", "identity")
    .orderBy("key.createdAt")
    .addOrderBy("key.id");

export const getKeys = (query: SelectQueryBuilder<ApiKey>): Promise<OwnedApiKey[]> =>
  query.getMany() as Promise<OwnedApiKey[]>;

/**
 * @param keys those that there are, whose owner is held
 * @throws PasserbyError API_KEY_LIMIT_REACHED, BAD_USER_INPUT when the name is taken or no name
 */
export function requireRoom(keys: readonly ApiKey[], { name, most }: { name: string; most: number }): void {
  const refuse = (message: string): never => {
    throw new PasserbyError("BAD_USER_INPUT", { message });
  };
  if (!/^[A-Za-z0-9_-]{1,100}$/.test(name)) {
    refuse("A key's name has 1 to 100 characters: ASCII letters, numbers, underscores and hyphens.");
  }
  if (keys.some((key) => key.name === name)) refuse("There is a key of that name already.");
  if (keys.length >= most) throw new PasserbyError("API_KEY_LIMIT_REACHED");
}

/** Stores a new key with 256 bits of randomness, and its identity. */
export async function storeApiKey(
  manager: EntityManager,
  plan: { userId: string; deployed: DeployedProvider; name: string; isServer: boolean; now: Date },
): Promise<NewApiKey> {
  const { userId, deployed, name, isServer, now } = plan;
  const id = uuidv7({ msecs: now.getTime() });
  const secret = KEY_PREFIX + randomBytes(32).toString("base64url");
  // A program's credential is never a person's only way back.
  const proof = { subject: id, email: null, emailVerified: null, profile: null, isWayIn: isServer };
  const identity: Identity = {
    ...planIdentity({ userId, provider: deployed.provider.name, proof, now }),
    lastUsedAt: null,
  };
  const apiKey = Object.assign(new ApiKey(), {
    id,
    identityId: identity.id,
    identity,
    name,
    prefix: secret.slice(0, SHOWN_CHARACTERS),
    hash: hashSecret(secret),
    isServer,
    createdAt: now,
    disabledAt: null,
  });
  await insertRows(manager, { entity: Identity, rows: [identity] });
  await insertRows(manager, { entity: ApiKey, rows: [apiKey] });
  return { apiKey, secret };
}

/** Switches a key, whose user is held, on or off. Off ends the sessions that it began. */
export async function storeDisabled(
  manager: EntityManager,
  { apiKey, disabled, now }: { apiKey: OwnedApiKey; disabled: boolean; now: Date },
): Promise<OwnedApiKey> {
  if (disabled === (apiKey.disabledAt !== null)) return apiKey;
  const disabledAt = disabled ? now : null;
  await execute(manager, "UPDATE api_keys SET disabled_at = ? WHERE id = ?", [
    disabledAt && +disabledAt,
    apiKey.id,
  ]);
  if (disabled) {
    await execute(manager, "UPDATE sessions SET ended_at = ? WHERE identity_id = ? AND ended_at IS NULL", [
      +now,
      apiKey.identityId,
    ]);
  }
  return Object.assign(apiKey, { disabledAt });
}
