/**
 * Storing API keys: each is an identity with a hashed secret. api-keys.ts and server-api-keys.ts decide who may create and
 * change one.
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
import type { EventServices } from "../../events/record-events.ts";
import type { RequestContext } from "../../request-context.ts";
import { planIdentity } from "../login/planned-user.ts";
import type { DeployedProvider } from "../provider.ts";
import { endSessions } from "../sessions/end-sessions.ts";

/** A key with its identity, which has its user and its time of last use. */
export type OwnedApiKey = ApiKey & { readonly identity: Identity };

/** The secret is only ever returned here; it is stored hashed. */
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
 * @param keys the existing keys, whose owner is locked
 * @throws PasserbyError API_KEY_LIMIT_REACHED, BAD_USER_INPUT when the name is already used or not valid (`reason`)
 */
export function requireRoom(keys: readonly ApiKey[], { name, most }: { name: string; most: number }): void {
  const reject = (reason: string, message: string): never => {
    throw new PasserbyError("BAD_USER_INPUT", { message, details: { reason } });
  };
  if (!/^[A-Za-z0-9_-]{1,100}$/.test(name)) {
    reject("NAME", "A key's name has 1 to 100 characters: ASCII letters, numbers, underscores and hyphens.");
  }
  if (keys.some((key) => key.name === name)) reject("NAME_TAKEN", "There is already a key with this name.");
  if (keys.length >= most) throw new PasserbyError("API_KEY_LIMIT_REACHED");
}

/** Stores a new key with a secret of 256 random bits, and its identity. */
export async function storeApiKey(
  manager: EntityManager,
  plan: { userId: string; deployed: DeployedProvider; name: string; isServer: boolean; now: Date },
): Promise<NewApiKey> {
  const { userId, deployed, name, isServer, now } = plan;
  const id = uuidv7({ msecs: now.getTime() });
  const secret = KEY_PREFIX + randomBytes(32).toString("base64url");
  // A user's API key is no sign-in method: it must not be the only identity that a person is left with.
  const verified = { subject: id, email: null, emailVerified: null, profile: null, canSignIn: isServer };
  const identity: Identity = {
    ...planIdentity({ userId, provider: deployed.provider.name, verified, now }),
    name: null,
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

/** Enables or disables a key whose user is locked. Disabling ends the sessions that were started with it. */
export async function storeDisabled(
  services: EventServices,
  context: RequestContext,
  manager: EntityManager,
  { apiKey, disabled }: { apiKey: OwnedApiKey; disabled: boolean },
): Promise<OwnedApiKey> {
  if (disabled === (apiKey.disabledAt !== null)) return apiKey;
  const disabledAt = disabled ? services.clock.now() : null;
  await execute(manager, "UPDATE api_keys SET disabled_at = ? WHERE id = ?", [
    disabledAt && +disabledAt,
    apiKey.id,
  ]);
  if (disabled) {
    await endSessions(manager, services, context, {
      where: "identity_id = ?",
      parameters: [apiKey.identityId],
      reason: "IDENTITY_REMOVED",
    });
  }
  return Object.assign(apiKey, { disabledAt });
}
