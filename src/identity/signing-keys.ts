/**
 * The keys that sign access tokens. A key is published before it signs and after it has signed, because
 * consumers cache what is published; its state follows from the times of all keys alone.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { calculateJwkThumbprint, type JWK } from "jose";
import type { EntityManager } from "typeorm";
import { type Clock, secondsAfter } from "../clock.ts";
import { insertRows } from "../database/insert-rows.ts";
import { lockTable } from "../database/sql.ts";
import type { Writes } from "../database/writes.ts";
import { SigningKey } from "../entities/signing-key.ts";
import type { Vault } from "../vault.ts";
import { CLOCK_SKEW_SECONDS, type IdentityPolicy, KEY_CACHE_SECONDS } from "./policy.ts";

export type SigningKeyState = "PENDING" | "SIGNING" | "RETIRED";

export interface SigningKeyView {
  readonly kid: string;
  readonly algorithm: "ES256";
  readonly state: SigningKeyState;
  readonly createdAt: Date;
  readonly signsFrom: Date;
  /** When it is no longer published; null while no later key is known. */
  readonly publishedUntil: Date | null;
}

interface LoadedKey extends Omit<SigningKeyView, "state"> {
  readonly publicJwk: JWK;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export interface SigningKeys {
  /** The key that signs now. */
  current(): { readonly kid: string; readonly privateKey: KeyObject };
  /** A published key; null when it was never ours or is long retired. */
  find(kid: string): KeyObject | null;
  /** The key set (RFC 7517) that consumers verify with. */
  jwks(): { keys: JWK[] };
  /** Newest first. */
  list(): SigningKeyView[];
  /** Reads again what is stored. */
  reload(): Promise<void>;
  /** Publishes the next key, which signs ten minutes later; while one is waiting for that, returns it instead. */
  rotate(): Promise<SigningKeyView>;
}

interface Dependencies {
  readonly reads: EntityManager;
  readonly writes: Writes;
  readonly clock: Clock;
  readonly vault: Vault;
  readonly policy: Pick<IdentityPolicy, "accessTokenSeconds">;
}

/** Loads the keys, and makes the first one in a new database. */
export async function openSigningKeys({
  reads,
  writes,
  clock,
  vault,
  policy,
}: Dependencies): Promise<SigningKeys> {
  let keys: LoadedKey[] = [];

  const load = (row: SigningKey, next: SigningKey | undefined): LoadedKey => {
    const known = keys.find((key) => key.kid === row.kid);
    const privateKey = known?.privateKey ?? openPrivateKey(vault, row);
    return {
      kid: row.kid,
      algorithm: "ES256",
      createdAt: row.createdAt,
      signsFrom: row.signsFrom,
      publishedUntil: next
        ? secondsAfter(next.signsFrom, policy.accessTokenSeconds + KEY_CACHE_SECONDS + CLOCK_SKEW_SECONDS)
        : null,
      publicJwk: row.publicJwk as JWK,
      publicKey: known?.publicKey ?? createPublicKey(privateKey),
      privateKey,
    };
  };

  const reload = async (): Promise<void> => {
    const rows = await reads.find(SigningKey, { order: { signsFrom: "ASC", kid: "ASC" } });
    keys = rows.map((row, index) => load(row, rows[index + 1]));
  };

  const published = (): LoadedKey[] => {
    const now = clock.now();
    return keys.filter((key) => key.publishedUntil === null || key.publishedUntil > now);
  };
  const signing = (): LoadedKey => {
    const now = clock.now();
    const key = keys.findLast((key) => key.signsFrom <= now) ?? keys[0];
    if (!key) throw new Error("There is no signing key.");
    return key;
  };
  const view = (key: LoadedKey): SigningKeyView => {
    const current = signing();
    const state =
      key.kid === current.kid ? "SIGNING" : key.signsFrom > current.signsFrom ? "PENDING" : "RETIRED";
    const { kid, algorithm, createdAt, signsFrom, publishedUntil } = key;
    return { kid, algorithm, state, createdAt, signsFrom, publishedUntil };
  };

  await writes.transaction(async (manager) => {
    // Two gateways that start or rotate at the same moment make one key between them.
    await lockTable(manager, "signing_keys");
    if ((await manager.count(SigningKey)) === 0) await storeNewKey(manager, vault, clock.now(), 0);
  });
  await reload();

  return {
    current: signing,
    find: (kid) => published().find((key) => key.kid === kid)?.publicKey ?? null,
    jwks: () => ({ keys: published().map((key) => key.publicJwk) }),
    list: () => published().reverse().map(view),
    reload,
    async rotate() {
      const kid = await writes.transaction(async (manager) => {
        await lockTable(manager, "signing_keys");
        const [newest] = await manager.find(SigningKey, { order: { signsFrom: "DESC" }, take: 1 });
        const now = clock.now();
        if (newest && newest.signsFrom > now) return newest.kid;
        return storeNewKey(manager, vault, now, KEY_CACHE_SECONDS);
      });
      await reload();
      const key = keys.find((key) => key.kid === kid);
      if (!key) throw new Error("The new signing key was not stored.");
      return view(key);
    },
  };
}

async function storeNewKey(
  manager: EntityManager,
  vault: Vault,
  now: Date,
  publishSeconds: number,
): Promise<string> {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = pair.publicKey.export({ format: "jwk" }) as JWK;
  const kid = await calculateJwkThumbprint(jwk);
  const pkcs8 = pair.privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  const row: SigningKey = {
    kid,
    publicJwk: { ...jwk, kid, use: "sig", alg: "ES256" },
    privateKeyEncrypted: vault.seal(pkcs8, `signing-key:${kid}`),
    createdAt: now,
    signsFrom: secondsAfter(now, publishSeconds),
  };
  await insertRows(manager, { entity: SigningKey, rows: [row] });
  return kid;
}

/** The database was sealed with another master key. */
export class WrongMasterKeyError extends Error {
  override readonly name = "WrongMasterKeyError";
}

function openPrivateKey(vault: Vault, row: SigningKey): KeyObject {
  let pem: string;
  try {
    pem = vault.open(row.privateKeyEncrypted, `signing-key:${row.kid}`);
  } catch (cause) {
    throw new WrongMasterKeyError(
      "MASTER_KEY does not open the signing keys in this database. Start with the master key that the database was made with.",
      { cause },
    );
  }
  return createPrivateKey(pem);
}
