/** The gateway's public keys, cached for ten minutes, because a new key is published ten minutes before it signs. */
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import { AccessTokenError } from "./access-token-error.ts";
import { createCache } from "./cache.ts";
import { request } from "./fetch.ts";
import type { ResolvedOptions } from "./options.ts";

const FRESH_SECONDS = 600;
/** While the gateway is down, the last keys remain valid for longer: no tokens of other keys are issued meanwhile. */
const USABLE_SECONDS = 3_600;
/** Tokens with invented key ids must not cause a request each. */
const COOLDOWN_SECONDS = 30;

interface KeySet {
  readonly find: JWTVerifyGetKey;
  readonly readAt: Date;
}

/** Finds the key of a token. @throws AccessTokenError KEYS_UNREACHABLE */
export function createGatewayKeys({
  jwksUrl,
  fetch,
  now,
}: Pick<ResolvedOptions, "jwksUrl" | "fetch" | "now">): JWTVerifyGetKey {
  const keys = createCache<KeySet>({
    now,
    async load() {
      const readAt = now();
      const find = await readKeySet(fetch, jwksUrl);
      const after = (seconds: number): Date => new Date(+readAt + seconds * 1_000);
      return {
        value: { find, readAt },
        freshUntil: after(FRESH_SECONDS),
        usableUntil: after(USABLE_SECONDS),
      };
    },
  });
  return async (header, token) => {
    const { find, readAt } = await keys.get();
    try {
      return await find(header, token);
    } catch (error) {
      const isCool = +now() >= +readAt + COOLDOWN_SECONDS * 1_000;
      if (!(error instanceof errors.JWKSNoMatchingKey) || !isCool) throw error;
      return (await keys.renew()).find(header, token);
    }
  };
}

async function readKeySet(fetch: ResolvedOptions["fetch"], url: string): Promise<JWTVerifyGetKey> {
  try {
    const response = await request(fetch, url, { headers: { accept: "application/json" } });
    if (response.status !== 200) throw new Error(`status ${response.status}`);
    return createLocalJWKSet(JSON.parse(response.text) as JSONWebKeySet);
  } catch (cause) {
    throw new AccessTokenError("KEYS_UNREACHABLE", `The gateway's keys could not be read from ${url}.`, {
      cause,
    });
  }
}
