/**
 * The keys that sign access tokens. A key is published before it signs and after it has signed, because
 * consumers cache published keys; its state follows from the times of all keys alone.
 *
 * Gateways share keys through the database only. A gateway's copy is valid for as long as a new key is published before
 * it signs: until then, no gateway signs with a key that the copy lacks.
 */
import { createPublicKey, type KeyObject } from "node:crypto";
import type { JWK } from "jose";
import type { EntityManager } from "typeorm";
import { singleFlight } from "../../cache.ts";
import { DAY_SECONDS, secondsAfter } from "../../clock.ts";
import { execute, lockTable } from "../../database/sql.ts";
import type { Writes } from "../../database/writes.ts";
import type { Encryption } from "../../encryption.ts";
import { SigningKey } from "../../entities/signing-key.ts";
import { PasserbyError } from "../../errors.ts";
import { signingKeyRotated } from "../../events/operator-events.ts";
import { type EventServices, recordEvents } from "../../events/record-events.ts";
import type { RequestContext } from "../../request-context.ts";
import { CLOCK_SKEW_SECONDS, type IdentityPolicy, KEY_CACHE_SECONDS } from "../policy.ts";
import { decryptPrivateKey, storeNewKey } from "./key-pairs.ts";

export type SigningKeyState = "PENDING" | "SIGNING" | "RETIRED";

export interface SigningKeyView {
  readonly kid: string;
  readonly algorithm: "ES256";
  readonly state: SigningKeyState;
  readonly createdAt: Date;
  readonly signsFrom: Date;
  /** When it stops being published; null while there is no later key. */
  readonly publishedUntil: Date | null;
}

export interface RotatedKey extends SigningKeyView {
  /** Whether this call created it. */
  readonly isNew: boolean;
}

interface LoadedKey extends Omit<SigningKeyView, "state"> {
  readonly longestTokenSeconds: number;
  readonly publicJwk: JWK;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export interface SigningKeys {
  /**
   * The key that signs now.
   * @throws PasserbyError SERVICE_UNAVAILABLE when the keys could not be read for so long that another key may sign now
   */
  current(): { readonly kid: string; readonly privateKey: KeyObject };
  /** A published key; null when it is unknown or no longer published. */
  find(kid: string): KeyObject | null;
  /** The key set (RFC 7517) that consumers verify with. */
  jwks(): { keys: JWK[] };
  /** Newest first. */
  list(): SigningKeyView[];
  /** The longest lifetime of any token that verifies: settings may have changed, or differ between gateways. */
  longestTokenSeconds(): number;
  /** Whether they were read recently. If not, a request must call `refresh` first. */
  isFresh(): boolean;
  /** Reads the stored keys again. Concurrent calls share one read. */
  refresh(): Promise<void>;
  /** Reads the stored keys again, after a change. */
  reload(): Promise<void>;
  /**
   * Publishes the next key, which signs once every consumer's cache has expired; while a key is pending, returns that one.
   * @param options.olderThanDays returns the newest key unless it has signed for this long
   */
  rotate(context: RequestContext, options?: { olderThanDays: number }): Promise<RotatedKey>;
  /** Deletes keys that are no longer published, with their private keys. @returns how many */
  purge(): Promise<number>;
}

interface Dependencies extends EventServices {
  readonly reads: EntityManager;
  readonly writes: Writes;
  readonly encryption: Encryption;
  readonly policy: Pick<IdentityPolicy, "accessTokenSeconds" | "keyPublishSeconds">;
}

/** A gateway reads the keys every few seconds; after this long, reading has failed. */
const FRESH_SECONDS = 30;

/** Loads the keys, and creates the first one in a new database. */
export async function openSigningKeys({
  encryption,
  policy,
  ...services
}: Dependencies): Promise<SigningKeys> {
  const { reads, writes, clock } = services;
  let keys: LoadedKey[] = [];
  let readAt = new Date(0);
  let turns = 0;
  let shownTurn = 0;

  const load = (row: SigningKey, next: SigningKey | undefined): LoadedKey => {
    const known = keys.find((key) => key.kid === row.kid);
    const privateKey = known?.privateKey ?? decryptPrivateKey(encryption, row);
    const { kid, createdAt, signsFrom, longestTokenSeconds } = row;
    return {
      kid,
      algorithm: "ES256",
      createdAt,
      signsFrom,
      publishedUntil: publishedUntil(row, next),
      longestTokenSeconds,
      publicJwk: row.publicJwk as JWK,
      publicKey: known?.publicKey ?? createPublicKey(privateKey),
      privateKey,
    };
  };

  const reload = async (): Promise<void> => {
    const turn = ++turns;
    const startedAt = clock.now();
    const rows = await findAll(reads);
    await claimTokenSeconds(rows, startedAt);
    if (turn < shownTurn) return;
    [shownTurn, readAt] = [turn, startedAt];
    keys = rows.map((row, index) => load(row, rows[index + 1]));
  };

  /** Stores the token lifetime of this gateway before it signs with a key, since settings of gateways may differ. */
  const claimTokenSeconds = async (rows: SigningKey[], now: Date): Promise<void> => {
    const { accessTokenSeconds } = policy;
    const signs = rows.filter((_, index) => !isReplaced(rows[index + 1], now));
    const short = signs.filter((row) => row.longestTokenSeconds < accessTokenSeconds);
    for (const row of short) {
      await writes.transaction((manager) =>
        execute(
          manager,
          "UPDATE signing_keys SET longest_token_seconds = ? WHERE kid = ? AND longest_token_seconds < ?",
          [accessTokenSeconds, row.kid, accessTokenSeconds],
        ),
      );
      row.longestTokenSeconds = accessTokenSeconds;
    }
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
  const isReadWithin = (seconds: number): boolean => +clock.now() - +readAt <= seconds * 1_000;

  await writes.transaction(async (manager) => {
    // The lock makes gateways that start or rotate at the same time create one key only.
    await lockTable(manager, "signing_keys");
    if ((await manager.count(SigningKey)) > 0) return;
    const now = clock.now();
    await storeNewKey(manager, encryption, { now, signsFrom: now, tokenSeconds: policy.accessTokenSeconds });
  });
  await reload();

  return {
    current() {
      // Every new key is published for at least this long first, so a key that this copy lacks cannot sign yet.
      if (isReadWithin(KEY_CACHE_SECONDS)) return signing();
      throw new PasserbyError("SERVICE_UNAVAILABLE", {
        cause: new Error(`The signing keys were last read at ${readAt.toISOString()}.`),
      });
    },
    find: (kid) => published().find((key) => key.kid === kid)?.publicKey ?? null,
    jwks: () => ({ keys: published().map((key) => key.publicJwk) }),
    list: () => published().reverse().map(view),
    longestTokenSeconds: () => Math.max(...published().map((key) => key.longestTokenSeconds)),
    isFresh: () => isReadWithin(FRESH_SECONDS),
    refresh: singleFlight(reload),
    reload,
    async rotate(context, { olderThanDays } = { olderThanDays: 0 }) {
      const isYoung = ({ signsFrom }: { signsFrom: Date }): boolean =>
        signsFrom > secondsAfter(clock.now(), -olderThanDays * DAY_SECONDS);
      const known = keys.at(-1);
      if (known && isYoung(known)) return { ...view(known), isNew: false };
      const { kid, isNew } = await writes.transaction(async (manager) => {
        await lockTable(manager, "signing_keys");
        const newest = (await findAll(manager)).at(-1);
        if (newest && isYoung(newest)) return { kid: newest.kid, isNew: false };
        const now = clock.now();
        const signsFrom = secondsAfter(now, policy.keyPublishSeconds + CLOCK_SKEW_SECONDS);
        const tokenSeconds = policy.accessTokenSeconds;
        const kid = await storeNewKey(manager, encryption, { now, signsFrom, tokenSeconds });
        await recordEvents(manager, services, context, signingKeyRotated(kid));
        return { kid, isNew: true };
      });
      await reload();
      const key = keys.find((key) => key.kid === kid);
      if (!key) throw new Error("The new signing key was not stored.");
      return { ...view(key), isNew };
    },
    async purge() {
      if (published().length === keys.length) return 0;
      const purged = await writes.transaction(async (manager) => {
        await lockTable(manager, "signing_keys");
        const rows = await findAll(manager);
        const now = clock.now();
        const expired = rows.filter((row, index) => {
          const until = publishedUntil(row, rows[index + 1]);
          return until !== null && until <= now;
        });
        for (const { kid } of expired)
          await execute(manager, "DELETE FROM signing_keys WHERE kid = ?", [kid]);
        return expired.length;
      });
      await reload();
      return purged;
    },
  };
}

const findAll = (manager: EntityManager): Promise<SigningKey[]> =>
  manager.find(SigningKey, { order: { signsFrom: "ASC", kid: "ASC" } });

const isReplaced = (next: SigningKey | undefined, now: Date): boolean =>
  next !== undefined && next.signsFrom <= now;

/** A replaced key stays published until its last tokens have expired and caches of the key set too. */
function publishedUntil(key: SigningKey, next: SigningKey | undefined): Date | null {
  if (!next) return null;
  return secondsAfter(next.signsFrom, key.longestTokenSeconds + KEY_CACHE_SECONDS + CLOCK_SKEW_SECONDS);
}
