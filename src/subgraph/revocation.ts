/** Checks whether the session of a genuine token has ended, with the revocation list or token introspection. */
import { type JWTVerifyGetKey, jwtVerify } from "jose";
import { AccessTokenError } from "./access-token-error.ts";
import { createCache, type Loaded } from "./cache.ts";
import type { AccessTokenClaims } from "./claims.ts";
import { MAX_LIST_BYTES, request } from "./fetch.ts";
import type { ResolvedOptions } from "./options.ts";

/** @returns the current claims. @throws AccessTokenError TOKEN_REVOKED, REVOCATION_UNKNOWN */
export type CheckRevocation = (token: string, claims: AccessTokenClaims) => Promise<AccessTokenClaims>;

interface RevokedList {
  readonly jwt: string;
  readonly etag: string | null;
  readonly sessions: ReadonlySet<string>;
  /** Users with a time in seconds: every session that started before it has ended. Replaces many entries of one user. */
  readonly users: ReadonlyMap<string, number>;
  readonly complete: boolean;
  readonly expiresAt: Date;
}

/** The default and the maximum of `max-age` in responses. */
const FRESH_SECONDS = 30;
const HASH_CHARACTERS = 11;

export function createRevocationCheck(
  options: ResolvedOptions,
  gatewayKeys: JWTVerifyGetKey,
): CheckRevocation {
  if (options.revocation === "none") return async (_token, claims) => claims;
  const ask = createIntrospection(options);
  const check = options.revocation === "list" ? createListCheck(options, gatewayKeys, ask) : ask;
  if (options.ifRevocationUnknown === "reject") return check;
  return async (token, claims) => {
    try {
      return await check(token, claims);
    } catch (error) {
      if (error instanceof AccessTokenError && error.code === "REVOCATION_UNKNOWN") return claims;
      throw error;
    }
  };
}

const revoked = (): AccessTokenError =>
  new AccessTokenError("TOKEN_REVOKED", "The session of this access token has ended.");
const unknown = (message: string, cause?: unknown): AccessTokenError =>
  new AccessTokenError("REVOCATION_UNKNOWN", message, { cause });

/** RFC 7662. */
function createIntrospection(options: ResolvedOptions): CheckRevocation {
  const { fetch, introspectionUrl, serviceKey } = options;
  return async (token, claims) => {
    if (serviceKey === null) {
      throw unknown(
        "The revocation list is incomplete. Set serviceKey, so that the token can be introspected.",
      );
    }
    const answer = await request(fetch, introspectionUrl, {
      method: "POST",
      headers: {
        authorization: `Bearer ${serviceKey}`,
        "content-type": "application/x-www-form-urlencoded",
        accept: "application/json",
      },
      body: new URLSearchParams({ token }).toString(),
    })
      .then((response) => {
        if (response.status !== 200) throw new Error(`status ${response.status}`);
        const answer = JSON.parse(response.text) as { active?: unknown; is_anonymous?: unknown } | null;
        if (typeof answer?.active !== "boolean") throw new Error("not an introspection response");
        return answer;
      })
      .catch((cause) => {
        throw unknown(`Introspection failed at ${introspectionUrl}. Check serviceKey.`, cause);
      });
    if (!answer.active) throw revoked();
    return { ...claims, is_anonymous: answer.is_anonymous === true };
  };
}

function createListCheck(
  options: ResolvedOptions,
  gatewayKeys: JWTVerifyGetKey,
  ask: CheckRevocation,
): CheckRevocation {
  const { now, revokedSessionsUrl } = options;
  const list = createCache<RevokedList>({
    now,
    load: (previous) => readList(options, gatewayKeys, previous),
  });
  return async (token, claims) => {
    const [{ sessions, users, complete }, hash] = await Promise.all([
      list.get().catch((cause) => {
        throw unknown(`The revocation list could not be read from ${revokedSessionsUrl}.`, cause);
      }),
      hashOf(claims.sid),
    ]);
    if (sessions.has(hash)) throw revoked();
    const before = users.size > 0 ? users.get(await hashOf(claims.sub)) : undefined;
    if (before !== undefined && claims.auth_time < before) throw revoked();
    return complete ? claims : ask(token, claims);
  };
}

async function readList(
  { fetch, revokedSessionsUrl, issuer, clockSkewSeconds, now }: ResolvedOptions,
  gatewayKeys: JWTVerifyGetKey,
  previous: RevokedList | null,
): Promise<Loaded<RevokedList>> {
  const askedAt = now();
  const response = await request(fetch, revokedSessionsUrl, {
    headers: previous?.etag ? { "if-none-match": previous.etag } : {},
    maxBytes: MAX_LIST_BYTES,
  });
  const isSame = response.status === 304 && previous !== null;
  if (!isSame && response.status !== 200) throw new Error(`status ${response.status}`);
  const jwt = isSame ? previous.jwt : response.text;
  const { payload } = await jwtVerify(jwt, gatewayKeys, {
    algorithms: ["ES256"],
    typ: "revoked-sessions+jwt",
    issuer,
    requiredClaims: ["iat", "exp"],
    clockTolerance: clockSkewSeconds,
    currentDate: askedAt,
  });
  const { sessions, users = null } = payload;
  if (!Array.isArray(sessions) || !(users === null || isUserList(users))) {
    throw new Error("not a revocation list");
  }
  const expiresAt = new Date(Number(payload.exp) * 1_000);
  const value = isSame
    ? previous
    : {
        jwt,
        etag: response.headers.get("etag"),
        sessions: new Set<string>(sessions),
        users: new Map(users),
        complete: (users === null ? payload.complete : payload.completeWithUsers) === true,
        expiresAt,
      };
  return {
    value,
    freshUntil: new Date(+askedAt + freshSeconds(response.headers) * 1_000),
    usableUntil: expiresAt,
  };
}

const isUserList = (value: unknown): value is [string, number][] =>
  Array.isArray(value) &&
  value.every((each) => Array.isArray(each) && typeof each[0] === "string" && Number.isInteger(each[1]));

/** RFC 9111 §4.2.1: `age` is how long a cache on the way has stored the response. */
function freshSeconds(headers: { get(name: string): string | null }): number {
  const maxAge = Number(/max-age=(\d+)/.exec(headers.get("cache-control") ?? "")?.[1] ?? FRESH_SECONDS);
  // A stale response of a cache must not cause a request for every token. Test issuers set max-age=0 to have that.
  const min = maxAge === 0 ? 0 : 1;
  return Math.min(FRESH_SECONDS, Math.max(min, maxAge - Number(headers.get("age") ?? 0) || 0));
}

/** An id as in the list: the first characters of its SHA-256, base64url. */
async function hashOf(id: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(id));
  return btoa(String.fromCharCode(...new Uint8Array(digest)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .slice(0, HASH_CHARACTERS);
}
