/** Token introspection (RFC 7662) over HTTP, on both databases: who may ask, what is answered, and what is not. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { decodeJwt } from "jose";
import { changeKey, createKey, createOwner } from "../support/api-keys.ts";
import {
  ADMIN_KEY,
  createDatabase,
  databases,
  deployProvider,
  type Gateway,
  linkEmail,
  loginAnonymously,
  startGateway,
} from "../support/gateway.ts";
import { createServiceKey, introspect, LIST_PATH, readRevoked } from "../support/revocation.ts";

const settings = {
  INITIAL_PROVIDERS: "anon-user,local-userpass,api-key",
  RATE_LIMITS: "failedLogins=10/300",
};
const FORM = { "content-type": "application/x-www-form-urlencoded" };

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let key: { id: string; secret: string };

  beforeAll(async () => {
    database = await createDatabase(name);
    gateway = await startGateway({ url: database.url, settings });
    key = await createServiceKey(gateway);
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });

  const post = (body: string, headers: Record<string, string>): Promise<Response> =>
    fetch(`${gateway.url}/oauth2/introspect`, { method: "POST", headers: { ...FORM, ...headers }, body });
  const bearer = (): Record<string, string> => ({ authorization: `Bearer ${key.secret}` });

  it("answers with the claims of an active token, and may not be kept", async () => {
    const { accessToken } = await loginAnonymously(gateway);
    const response = await introspect(gateway, key.secret, accessToken);
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.json()).toEqual({ active: true, token_type: "Bearer", ...decodeJwt(accessToken) });
  });

  it("says of a token from before a link what is true now", async () => {
    const { accessToken } = await loginAnonymously(gateway);
    await linkEmail(gateway, accessToken, `linked-${name}@example.com`);
    expect(decodeJwt(accessToken).is_anonymous).toBe(true);
    expect(await (await introspect(gateway, key.secret, accessToken)).json()).toMatchObject({
      active: true,
      is_anonymous: false,
    });
  });

  it("says nothing but that it is not active of any other token", async () => {
    const guest = await loginAnonymously(gateway);
    const [header, payload, signature] = guest.accessToken.split(".");
    const none = Buffer.from('{"alg":"none"}').toString("base64url");
    const tokens = [
      "garbage",
      "a.b.c",
      "\0",
      "x".repeat(10_000),
      guest.refreshToken,
      key.secret,
      ADMIN_KEY,
      `${header}.${payload}.${String(signature).replace(/^./, (first) => (first === "A" ? "B" : "A"))}`,
      `${none}.${payload}.`,
      (await readRevoked(gateway)).jwt,
    ];
    for (const token of tokens) {
      const response = await introspect(gateway, key.secret, token);
      expect([response.status, await response.text()]).toEqual([200, '{"active":false}']);
    }
  });

  it("takes the key as the password of HTTP Basic too", async () => {
    const { accessToken } = await loginAnonymously(gateway);
    const basic = Buffer.from(`orders:${key.secret}`).toString("base64");
    const response = await post(`token=${accessToken}&token_type_hint=access_token`, {
      authorization: `Basic ${basic}`,
    });
    expect(await response.json()).toMatchObject({ active: true });
  });

  it("answers only servers: 401, before the body is looked at", async () => {
    const owner = await createOwner(gateway);
    const { accessToken } = await loginAnonymously(gateway);
    const ofUser = (await createKey(gateway, owner.token)).data.createApiKey.secret;
    const strangers = [
      undefined,
      "Bearer",
      ...[ADMIN_KEY, accessToken, ofUser, `${key.secret}x`].map((each) => `Bearer ${each}`),
    ];
    for (const authorization of strangers) {
      const response = await post("", authorization ? { authorization } : {});
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toBe('Bearer realm="passerby"');
      expect(response.headers.get("cache-control")).toBe("no-store");
      const body = (await response.json()) as Record<string, string>;
      expect(body.error).toBe("invalid_client");
      expect(Object.keys(body)).toEqual(["error", "error_description"]);
    }
  });

  it("rejects a key that is disabled, deleted, or whose provider is disabled", async () => {
    const { accessToken } = await loginAnonymously(gateway);
    const other = await createServiceKey(gateway, "other");
    const ask = async () => (await introspect(gateway, other.secret, accessToken)).status;
    expect(await ask()).toBe(200);
    await changeKey(gateway, "disableServerApiKey", other);
    expect(await ask()).toBe(401);
    await changeKey(gateway, "enableServerApiKey", other);
    expect(await ask()).toBe(200);
    await deployProvider(gateway, "api-key", false);
    const off = await introspect(gateway, other.secret, accessToken);
    expect([off.status, await off.json()]).toEqual([
      403,
      expect.objectContaining({ error: "provider_disabled" }),
    ]);
    await deployProvider(gateway, "api-key", true);
    await changeKey(gateway, "deleteServerApiKey", other);
    expect(await ask()).toBe(401);
  });

  it.each<[string, string, Record<string, string>, number]>([
    ["no token", "", {}, 400],
    ["an empty token", "token=", {}, 400],
    ["two tokens", "token=a&token=b", {}, 400],
    ["JSON", '{"token":"a"}', { "content-type": "application/json" }, 415],
    ["a huge body", `token=${"x".repeat(20_000)}`, {}, 413],
  ])("rejects %s clearly", async (_, body, headers, status) => {
    const response = await post(body, { ...bearer(), ...headers });
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({
      error: "invalid_request",
      error_description: expect.any(String),
    });
  });

  it("does not take a token from the address, nor by GET", async () => {
    const { accessToken } = await loginAnonymously(gateway);
    const url = `${gateway.url}/oauth2/introspect?token=${accessToken}`;
    expect((await fetch(url, { method: "POST", headers: { ...FORM, ...bearer() } })).status).toBe(400);
    const byGet = await fetch(url, { headers: bearer() });
    expect([byGet.status, byGet.headers.get("allow")]).toEqual([405, "POST"]);
  });

  it("limits wrong keys of an address, and never right ones", async () => {
    const strict = await startGateway({ url: database.url, settings });
    const { accessToken } = await loginAnonymously(strict);
    const right = await Promise.all(
      Array.from({ length: 30 }, () => introspect(strict, key.secret, accessToken)),
    );
    expect(new Set(right.map(({ status }) => status))).toEqual(new Set([200]));
    const wrong = await Promise.all(
      Array.from({ length: 30 }, (_, index) => introspect(strict, `pbk_wrong${index}`, accessToken)),
    );
    const statuses = wrong.map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(20);
    const limited = wrong.find(({ status }) => status === 429);
    expect(Number(limited?.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await introspect(strict, key.secret, accessToken)).status).toBe(200);
    await strict.stop();
  });

  it("shows the operator when the key was used last", async () => {
    const { accessToken } = await loginAnonymously(gateway);
    gateway.clock.advance({ minutes: 2 });
    await introspect(gateway, key.secret, accessToken);
    const usedAt = gateway.clock.now().toISOString();
    gateway.clock.advance({ seconds: 30 });
    await introspect(gateway, key.secret, accessToken);
    const { data } = await gateway.admin("{ serverApiKeys { name lastUsedAt } }");
    expect(data.serverApiKeys).toContainEqual({ name: "orders", lastUsedAt: usedAt });
  });

  it("is announced with the list in the metadata", async () => {
    const metadata = await (await fetch(`${gateway.url}/.well-known/openid-configuration`)).json();
    expect(metadata).toMatchObject({
      introspection_endpoint: "http://localhost:4000/oauth2/introspect",
      introspection_endpoint_auth_methods_supported: ["Bearer", "client_secret_basic"],
      revoked_sessions_uri: `http://localhost:4000${LIST_PATH}`,
    });
  });
});
