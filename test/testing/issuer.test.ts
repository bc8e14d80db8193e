/** What the test issuer makes is what a gateway makes: the same headers, claims, metadata and answers. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { startTestIssuer, type TestIssuer } from "../../src/testing/index.ts";
import { createDatabase, type Gateway, loginAnonymously, startGateway } from "../support/gateway.ts";
import { createServiceKey, introspect, LIST_PATH } from "../support/revocation.ts";

describe("the test issuer", () => {
  let gateway: Gateway;
  let issuer: TestIssuer;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  beforeAll(async () => {
    database = await createDatabase("sqlite");
    gateway = await startGateway({ url: database.url, settings: { INITIAL_PROVIDERS: "anon-user,api-key" } });
    issuer = await startTestIssuer({ clock: gateway.clock.now });
  });
  afterAll(async () => {
    await gateway.stop();
    await Promise.all([issuer.stop(), database.drop()]);
  });

  /** Names in order, with the type and length of what cannot be the same. */
  const shape = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.slice(0, 1).map(shape);
    if (typeof value === "object" && value !== null) {
      return Object.entries(value).map(([name, each]) => [name, shape(each)]);
    }
    return typeof value === "string" && !/^https?:/.test(value) ? `${value.length} characters` : typeof value;
  };
  const both = async (path: string): Promise<unknown[]> =>
    Promise.all(
      [gateway.url, issuer.issuer].map(async (url) => (await fetch(url + path)).json() as Promise<unknown>),
    );

  it("signs the same header and the same claims", async () => {
    const { accessToken } = await loginAnonymously(gateway);
    const token = issuer.issueToken({ is_anonymous: true });
    expect(shape(decodeProtectedHeader(token))).toEqual(shape(decodeProtectedHeader(accessToken)));
    expect(shape(decodeJwt(token))).toEqual(shape(decodeJwt(accessToken)));
    const real = decodeJwt(accessToken);
    expect(decodeJwt(token)).toMatchObject({
      iat: real.iat,
      exp: real.exp,
      amr: real.amr,
      is_anonymous: true,
    });
  });

  it("makes refresh tokens of the same look", async () => {
    const { refreshToken } = await loginAnonymously(gateway);
    expect(shape(issuer.issueRefreshToken())).toBe(shape(refreshToken));
    expect(issuer.issueRefreshToken().slice(0, 4)).toBe(refreshToken.slice(0, 4));
  });

  it("publishes the same metadata and keys of the same shape", async () => {
    const [real, test] = await both("/.well-known/openid-configuration");
    expect(shape(test)).toEqual(shape(real));
    const [realKeys, testKeys] = await both("/.well-known/jwks.json");
    expect(shape(testKeys)).toEqual(shape(realKeys));
  });

  it("lists ended sessions in the same way", async () => {
    const { accessToken } = await loginAnonymously(gateway);
    await gateway.graph("mutation { logout { sessionsEnded } }", { token: accessToken });
    issuer.revokeSession(String(decodeJwt(issuer.issueToken()).sid));
    const [real, test] = await Promise.all(
      [gateway.url, issuer.issuer].map(async (url) => {
        const response = await fetch(url + LIST_PATH);
        return { type: response.headers.get("content-type"), jwt: await response.text() };
      }),
    );
    expect(test?.type).toBe(real?.type);
    expect(shape(decodeProtectedHeader(String(test?.jwt)))).toEqual(
      shape(decodeProtectedHeader(String(real?.jwt))),
    );
    expect(shape(decodeJwt(String(test?.jwt)))).toEqual(shape(decodeJwt(String(real?.jwt))));
  });

  it("answers introspection in the same way", async () => {
    const { secret } = await createServiceKey(gateway);
    const { accessToken } = await loginAnonymously(gateway);
    const ask = (token: string, key = issuer.serviceKey): Promise<Response> =>
      fetch(issuer.introspectionUrl, {
        method: "POST",
        headers: { authorization: `Bearer ${key}` },
        body: new URLSearchParams({ token }),
      });
    const real = await (await introspect(gateway, secret, accessToken)).json();
    const token = issuer.issueToken({ is_anonymous: true });
    expect(shape(await (await ask(token)).json())).toEqual(shape(real));
    issuer.revokeSession(String(decodeJwt(token).sid));
    expect(await (await ask(token)).json()).toEqual({ active: false });
    expect((await ask(token, secret)).status).toBe(401);
    expect((await introspect(gateway, issuer.serviceKey, token)).status).toBe(401);
  });
});
