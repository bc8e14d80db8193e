/** Admin keys, which authenticate operators. Stored hashed; the one from the settings is in memory only. */
import { randomBytes, timingSafeEqual } from "node:crypto";
import type { EntityManager } from "typeorm";
import type { Audit } from "../audit/audit.ts";
import { recordFailure } from "../audit/record-failures.ts";
import type { ClientInfo } from "../client-info.ts";
import { insertRows } from "../database/insert-rows.ts";
import { execute } from "../database/sql.ts";
import type { Writes } from "../database/writes.ts";
import { hashSecret } from "../encryption.ts";
import { AdminKey } from "../entities/admin-key.ts";
import { PasserbyError } from "../errors.ts";
import { adminKeyCreated, adminKeyRevoked } from "../events/operator-events.ts";
import { type EventServices, recordEvents } from "../events/record-events.ts";
import { createId } from "../ids.ts";
import { clientKey } from "../rate-limits/client-address.ts";
import { countWrongSecrets } from "../rate-limits/count-failures.ts";
import type { Limits } from "../rate-limits/limits.ts";
import { type RequestContext, visitorContext } from "../request-context.ts";

/** A verified admin key. */
export interface KnownAdminKey {
  /** null for the one from the settings. */
  readonly id: string | null;
  readonly name: string;
}

/** The name of the key from the settings. */
export const SETTINGS_KEY_NAME = "ADMIN_KEY";

export interface AdminKeys {
  /** The same without an error, where a token may be of another kind. @returns null when it is not a valid admin key */
  find(key: string): Promise<KnownAdminKey | null>;
  /** @throws PasserbyError UNAUTHENTICATED */
  verify(key: string): Promise<KnownAdminKey>;
  /** The secret is only ever returned here; it is stored hashed. @throws PasserbyError BAD_USER_INPUT */
  create(context: RequestContext, name: string): Promise<{ adminKey: AdminKey; secret: string }>;
  /** @returns false when the key does not exist or was already revoked */
  revoke(context: RequestContext, id: string): Promise<boolean>;
  /** Newest first, revoked ones included. */
  list(): Promise<AdminKey[]>;
}

export const ADMIN_KEY_PREFIX = "pba_";
const MAX_NAME = 100;
/** Last use is written at most this often. */
const LAST_USE_MINUTES = 1;

/** A new key with 256 bits of randomness. */
export const generateAdminKey = (): string => ADMIN_KEY_PREFIX + randomBytes(32).toString("base64url");

export function createAdminKeys({
  settingsKey,
  ...services
}: {
  reads: EntityManager;
  writes: Writes;
  settingsKey: string;
} & EventServices): AdminKeys {
  const { reads, writes, clock } = services;
  const settingsHash = Buffer.from(hashSecret(settingsKey));
  const isSettingsKey = (hash: string): boolean => timingSafeEqual(Buffer.from(hash), settingsHash);
  const settingsKeyFound: KnownAdminKey = { id: null, name: SETTINGS_KEY_NAME };

  /** All stored keys have the prefix, so another token needs no read. */
  const findStored = async (key: string, hash: string): Promise<AdminKey | null> =>
    key.startsWith(ADMIN_KEY_PREFIX) ? reads.findOneBy(AdminKey, { hash }) : null;

  const noteUse = async ({ id, lastUsedAt }: AdminKey): Promise<void> => {
    const now = clock.now();
    if (lastUsedAt && +now - +lastUsedAt <= LAST_USE_MINUTES * 60_000) return;
    await writes.transaction((manager) =>
      execute(manager, "UPDATE admin_keys SET last_used_at = ? WHERE id = ?", [+now, id]),
    );
  };

  return {
    async find(key) {
      const hash = hashSecret(key);
      if (isSettingsKey(hash)) return settingsKeyFound;
      const found = await findStored(key, hash);
      if (!found || found.revokedAt) return null;
      await noteUse(found);
      return found;
    },
    async verify(key) {
      const hash = hashSecret(key);
      if (isSettingsKey(hash)) return settingsKeyFound;
      const found = await findStored(key, hash);
      if (!found)
        rejectKey("This is not an admin key of this gateway. `passerby admin-key create` makes one.");
      if (found.revokedAt) rejectKey("This admin key was revoked. Use another one.");
      await noteUse(found);
      return found;
    },
    create: (context, name) =>
      recordFailure(services, context, { action: "ADMIN_KEY_CREATED" }, async () => {
        const trimmed = name.trim();
        if (trimmed === "" || trimmed.length > MAX_NAME) {
          throw new PasserbyError("BAD_USER_INPUT", {
            message: `A key needs a name of 1 to ${MAX_NAME} characters.`,
          });
        }
        const secret = generateAdminKey();
        const now = clock.now();
        const adminKey = Object.assign(new AdminKey(), {
          id: createId(now),
          name: trimmed,
          prefix: secret.slice(0, 8),
          hash: hashSecret(secret),
          createdAt: now,
          lastUsedAt: null,
          revokedAt: null,
        });
        await writes.transaction(async (manager) => {
          await insertRows(manager, { entity: AdminKey, rows: [adminKey] });
          await recordEvents(manager, services, context, adminKeyCreated(adminKey));
        });
        return { adminKey, secret };
      }),
    revoke: (context, id) =>
      writes.transaction(async (manager) => {
        const changed = await execute(
          manager,
          "UPDATE admin_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
          [+clock.now(), id],
        );
        if (changed > 0) await recordEvents(manager, services, context, adminKeyRevoked(id));
        return changed > 0;
      }),
    list: () => reads.find(AdminKey, { order: { createdAt: "DESC", id: "DESC" } }),
  };
}

function rejectKey(message: string): never {
  throw new PasserbyError("UNAUTHENTICATED", { message });
}

/**
 * Verifies an admin key, and counts wrong keys by the client's address. A valid key is never limited.
 * @throws PasserbyError UNAUTHENTICATED, RATE_LIMITED
 */
export const checkAdminKey = (
  { adminKeys, limits, audit }: { adminKeys: AdminKeys; limits: Limits; audit: Audit },
  client: ClientInfo,
  key: string,
): Promise<KnownAdminKey> =>
  countWrongSecrets(
    { limits },
    { counters: [["failedLogins", clientKey(client, "admin-key:")]], wrong: ["UNAUTHENTICATED"] },
    () =>
      recordFailure({ audit }, visitorContext(client), { action: "ADMIN_KEY_REFUSED" }, () =>
        adminKeys.verify(key),
      ),
  );
