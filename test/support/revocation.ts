/** The list of revoked sessions and introspection, as consumers see them. */
import { createHash } from "node:crypto";
import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose";
import type { Gateway } from "./gateway.ts";

export interface RevokedList {
  readonly complete: boolean;
  readonly sessions: readonly string[];
  readonly issuedAtSeconds: number;
  readonly expiresAtSeconds: number;
  readonly etag: string;
  readonly jwt: string;
}

export const LIST_PATH = "/.well-known/revoked-sessions";

/** Reads the list, and believes it only with a good signature. */
export async function readRevoked(gateway: Gateway): Promise<RevokedList> {
  const response = await fetch(gateway.url + LIST_PATH);
  const jwt = await response.text();
  const keys = createRemoteJWKSet(new URL(`${gateway.url}/.well-known/jwks.json`));
  const { payload } = await jwtVerify(jwt, keys, {
    algorithms: ["ES256"],
    issuer: "http://localhost:4000",
    typ: "revoked-sessions+jwt",
    currentDate: gateway.clock.now(),
  });
  return {
    complete: Boolean(payload.complete),
    sessions: payload.sessions as string[],
    issuedAtSeconds: Number(payload.iat),
    expiresAtSeconds: Number(payload.exp),
    etag: String(response.headers.get("etag")),
    jwt,
  };
}

export const hashOf = (accessToken: string): string =>
  createHash("sha256")
    .update(String(decodeJwt(accessToken).sid))
    .digest("base64url")
    .slice(0, 11);

export const isListed = async (gateway: Gateway, accessToken: string): Promise<boolean> =>
  (await readRevoked(gateway)).sessions.includes(hashOf(accessToken));

export async function createServiceKey(
  gateway: Gateway,
  name = "orders",
): Promise<{ id: string; secret: string }> {
  const { data } = await gateway.admin(
    "mutation ($n: String!) { createServerApiKey(name: $n) { secret apiKey { id } } }",
    { variables: { n: name } },
  );
  const { secret, apiKey } = data.createServerApiKey;
  return { id: apiKey.id, secret };
}

export const introspect = (gateway: Gateway, key: string, token: string): Promise<Response> =>
  fetch(`${gateway.url}/oauth2/introspect`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}` },
    body: new URLSearchParams({ token }),
  });
