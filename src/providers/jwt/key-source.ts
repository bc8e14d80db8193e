/** Sources of keys that verify tokens: the issuer's JWKS, or the settings. */
import type { KeyObject } from "node:crypto";
import { createCache } from "../../cache.ts";
import { algorithmsOf } from "./algorithms.ts";
import type { KeySet, TokenHeader } from "./key-set.ts";

export type Key = KeyObject | Uint8Array;

export interface KeySource {
  /** Keys that may have signed a token with this header. @throws what fetching them throws, KeysUnusableError */
  find(header: TokenHeader, now: Date): Promise<readonly Key[]>;
  /** Called if none of them did: keys that were published since; empty if they were loaded a moment ago. */
  findNewer(header: TokenHeader, now: Date): Promise<readonly Key[]>;
}

export const fixedKey = (key: KeyObject): KeySource => ({
  find: async ({ alg }) => ((algorithmsOf(key) as readonly string[]).includes(alg) ? [key] : []),
  findNewer: async () => [],
});

export const sharedSecret = (bytes: Uint8Array): KeySource => ({
  find: async () => [bytes],
  findNewer: async () => [],
});

/** An unknown `kid` reloads the keys, at a limited rate, because clients can invent any `kid`. */
const KEYS = { freshSeconds: 600, failedSeconds: 5, cooldownSeconds: 30 };

/** Keys of a JWKS, which may change. */
export function publishedKeys(load: (now: Date) => Promise<KeySet>): KeySource {
  const keySets = createCache(load, KEYS);
  return {
    find: async (header, now) => (await keySets.get(now)).candidates(header),
    findNewer: async (header, now) => (await keySets.reload(now))?.candidates(header) ?? [],
  };
}
