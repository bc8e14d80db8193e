/**
 * API keys as they are stored: each is an identity with a secret beside it. Who may make and change one is decided in
 * api-keys.ts and server-api-keys.ts.
 */
import { randomBytes } from "node:crypto";
import type { EntityManager, SelectQueryBuilder } from "typeorm";
import { v7 as uuidv7 } from "uuid";
import { insertRows } from "../../database/insert-rows.ts";
import { execute } from "../../database/sql.ts";
import { hashSecret } from "../../encryption.ts";
import { ApiKey } from "../../entities/api-key.ts";
import { Identity } from "../../entities/identity.ts";
import { PasserbyError } from "../../errors.ts";
import { planIdentity } from "../login/login.ts";
import type { DeployedProvider } from "../provider.ts";

/** A key with its identity, which says whose it is and when it was used last. */
export type OwnedApiKey = ApiKey & { readonly identity: Identity };

/** The secret is in the answer, and nowhere afterwards. */
export interface NewApiKey {
  readonly apiKey: OwnedApiKey;
  readonly secret: string;
}

const KEY_PREFIX = "pbk_";
const SHOWN_CHARACTERS = 8;
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
 * @throws PasserbyError API_KEY_LIMIT_REACHED, BAD_USER_INPUT when the name is taken or no name, which its `reason` says
 */
export function requireRoom(keys: readonly ApiKey[], { name, most }: { name: string; most: number }): void {
  const refuse = (reason: string, message: string): never => {
    throw new PasserbyError("BAD_USER_INPUT", { message, details: { reason } });
  };
  if (!/^[A-Za-z0-9_-]{1,100}$/.test(name)) {
    refuse("NAME", "A key's name has 1 to 100 characters: ASCII letters, numbers, underscores and hyphens.");
  }
  if (keys.some((key) => key.name === name)) refuse("NAME_TAKEN", "There is a key of that name already.");
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
  const verified = { subject: id, email: null, emailVerified: null, profile: null, canSignIn: isServer };
  const identity: Identity = {
    ...planIdentity({ userId, provider: deployed.provider.name, verified, now }),
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
