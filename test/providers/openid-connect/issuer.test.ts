/** An issuer's discovery document and keys: loaded, cached, and rejected when not valid. */
import { generateKeyPairSync } from "node:crypto";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { exportJWK, generateKeyPair } from "jose";
import { codeOf, countRows } from "../../support/gateway.ts";
import { lies } from "../../support/lying-provider.ts";
import { openLyingStage, provider, REDIRECT } from "../../support/lying-stage.ts";
import { startOAuth } from "../../support/oauth.ts";

const stage = await openLyingStage();
const { gateway, idp, deploy, sign, login, rejection } = stage;
afterEach(stage.tellTheTruth);
afterAll(stage.close);

describe("keys", () => {
  it("are not requested for a token whose claims are for another audience", async () => {
    await deploy();
    const asked = (): number => [...idp.requests.values()].reduce((sum, count) => sum + count, 0);
    const before = asked();
    const foreign = [{ iss: "https://evil.example" }, { iss: undefined }, { aud: "other" }, { aud: [] }];
    for (const claims of foreign) {
      expect(await rejection(async () => login(await sign(claims)))).toBe("INVALID_CREDENTIALS");
    }
    expect(await rejection(() => login("a.b.c"))).toBe("INVALID_CREDENTIALS");
    expect(asked()).toBe(before);
  });
  it("are requested again for an unknown key id, but at most every thirty seconds", async () => {
    await deploy();
    expect((await login(await sign())).errors).toBeUndefined();
    const asked = (): number => idp.requests.get("/keys") ?? 0;
    const before = asked();
    const flood = async (): Promise<void> => {
      const tokens = await Promise.all(
        Array.from({ length: 20 }, (_, i) => sign({}, { kid: `made-up-${i}` })),
      );
      const codes = (await Promise.all(tokens.map((token) => login(token)))).map(codeOf);
      expect(new Set(codes)).toEqual(new Set(["INVALID_CREDENTIALS"]));
    };
    await flood();
    expect(asked()).toBe(before);
    gateway.clock.advance({ seconds: 30 });
    await flood();
    await flood();
    expect(asked()).toBe(before + 1);
  });
  it("that are new are found, and those that are gone are forgotten within ten minutes", async () => {
    const next = await generateKeyPair("ES256", { extractable: true });
    gateway.clock.advance({ seconds: 30 });
    const old = idp.published.splice(0, 1, {
      ...(await exportJWK(next.publicKey)),
      kid: "two",
      alg: "ES256",
    });
    const signature = { key: next.privateKey, kid: "two", alg: "ES256" };
    expect((await login(await sign({}, signature))).errors).toBeUndefined();
    expect(codeOf(await login(await sign()))).toBe("INVALID_CREDENTIALS");
    idp.published.splice(0, 1, ...old);
    expect((await login(await sign({}, signature))).errors).toBeUndefined();
    gateway.clock.advance({ minutes: 10 });
    expect(codeOf(await login(await sign({}, signature)))).toBe("INVALID_CREDENTIALS");
    expect((await login(await sign())).errors).toBeUndefined();
  });
});

describe("a provider that is down or lies is SERVICE_UNAVAILABLE, and makes nothing:", () => {
  const shortRsa = generateKeyPairSync("rsa", { modulusLength: 1_024 }).publicKey.export({ format: "jwk" });
  const discovery = (more: object) =>
    lies.json({ issuer: idp.issuer, jwks_uri: `${idp.issuer}/keys`, ...more });
  beforeEach(() => deploy());

  it.each([
    ["another issuer", () => discovery({ issuer: "https://evil.example" })],
    ["its own name, written otherwise", () => discovery({ issuer: `${idp.issuer}/` })],
    ["no keys", () => discovery({ jwks_uri: undefined })],
    ["keys over http elsewhere", () => discovery({ jwks_uri: "http://keys.example/" })],
    ["keys that are a file", () => discovery({ jwks_uri: "file:///etc/passwd" })],
    ["a login page that is a script", () => discovery({ authorization_endpoint: "javascript:alert(1)" })],
    ["a page", () => lies.page],
    ["an error", () => lies.error],
    ["a redirect", () => lies.redirect],
    ["half a megabyte and more", () => lies.huge],
    ["no object", () => lies.json([1])],
  ])("discovery gives %s", async (_, lie) => {
    idp.lies.discovery = lie();
    expect(await rejection(async () => login(await sign({ sub: "eve" })))).toBe("SERVICE_UNAVAILABLE");
    expect(await rejection(() => startOAuth(gateway, { provider, redirectUri: REDIRECT }))).toBe(
      "SERVICE_UNAVAILABLE",
    );
    expect(await countRows(gateway, "login_flows")).toBe(0);
  });

  it.each([
    ["a page", lies.page],
    ["an error", lies.error],
    ["a redirect", lies.redirect],
    ["half a megabyte and more", lies.huge],
    ["no key set", lies.json({})],
    ["a key that is too short", lies.json({ keys: [{ ...shortRsa, kid: "one" }] })],
    [
      "a secret key",
      lies.json({
        keys: [
          { kty: "oct", k: "AAAA", kid: "one" },
          { kty: "RSA", kid: "one" },
        ],
      }),
    ],
  ])("the keys are %s", async (_, lie) => {
    idp.lies.keys = lie;
    expect(await rejection(async () => login(await sign({ sub: "eve" })))).toBe("SERVICE_UNAVAILABLE");
  });

  it.each([
    ["never answers", lies.silence],
    ["never comes to an end", lies.trickle],
  ])("it %s, which takes five seconds once, and no time for those after", async (_, lie) => {
    idp.lies.discovery = lie;
    const begun = performance.now();
    const codes = await Promise.all(
      [sign(), sign()].map(async (token) => rejection(async () => login(await token))),
    );
    expect(codes).toEqual(["SERVICE_UNAVAILABLE", "SERVICE_UNAVAILABLE"]);
    const waited = performance.now() - begun;
    expect(waited).toBeGreaterThan(4_500);
    expect(waited).toBeLessThan(8_000);
    expect(await rejection(async () => login(await sign()))).toBe("SERVICE_UNAVAILABLE");
    expect(performance.now() - begun - waited).toBeLessThan(1_000);
    delete idp.lies.discovery;
    gateway.clock.advance({ seconds: 5 });
    expect((await login(await sign())).errors).toBeUndefined();
  });

  it("nothing listens there", async () => {
    await deploy({ issuer: "http://127.0.0.1:9" });
    const token = await sign({ iss: "http://127.0.0.1:9" });
    expect(await rejection(() => login(token))).toBe("SERVICE_UNAVAILABLE");
  });
});
