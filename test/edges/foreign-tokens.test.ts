/** Tokens of other issuers: made for something else, issued in the future, or signed by one of several keys. */
import { createSign, generateKeyPairSync, type KeyObject } from "node:crypto";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { CompactSign, exportJWK, SignJWT } from "jose";
import { answerJson, startEndpoint } from "../support/endpoint.ts";
import { type Answer, codeOf, deployProvider } from "../support/gateway.ts";
import { lies } from "../support/lying-provider.ts";
import { openLyingStage } from "../support/lying-stage.ts";

const stage = await openLyingStage();
const { gateway, idp } = stage;
const endpoint = await startEndpoint(answerJson({}));
const own = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const next = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const curve = generateKeyPairSync("ec", { namedCurve: "P-256" });
const short = generateKeyPairSync("rsa", { modulusLength: 1_024 });
const LOGOUT = { "http://schemas.openid.net/event/backchannel-logout": {} };

afterEach(stage.tellTheTruth);
afterAll(async () => {
  await endpoint.stop();
  await stage.close();
});

interface Given {
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
  readonly key?: KeyObject;
}
const now = (): number => Math.floor(+gateway.clock.now() / 1_000);
/** Signed whatever it says; a value that is undefined is left out. */
const sign = ({ claims = {}, header = {}, key = own.privateKey }: Given, issuer: string): Promise<string> => {
  const all = { iss: issuer, aud: "app", sub: "ada", iat: now(), exp: now() + 300, ...claims };
  return new CompactSign(new TextEncoder().encode(JSON.stringify(all)))
    .setProtectedHeader({ alg: "RS256", kid: "one", ...header })
    .sign(key);
};
const jwk = async (key: KeyObject, more: object = {}): Promise<object> => ({
  ...(await exportJWK(key)),
  kid: "one",
  ...more,
});

interface Way {
  readonly publish: (keys: readonly object[]) => Promise<void>;
  readonly login: (given: Given) => Promise<Answer>;
  readonly asked: () => number;
}
/** Both providers that accept tokens of other issuers, and the published keys that verify them. */
const ways: readonly (readonly [string, Way])[] = [
  [
    "an ID token",
    {
      async publish(keys) {
        idp.lies.keys = lies.json({ keys });
        await stage.deploy();
      },
      login: async (given) => stage.login(await sign(given, idp.issuer)),
      asked: () => idp.requests.get("/keys") ?? 0,
    },
  ],
  [
    "a token of the operator's issuer",
    {
      async publish(keys) {
        endpoint.reply(answerJson({ keys }));
        await deployProvider(gateway, "custom-token", true, {
          issuer: "https://issuer.example",
          algorithms: ["RS256", "ES256"],
          jwksUrl: `http://127.0.0.1:${endpoint.port}/keys?${Math.random()}`,
        });
      },
      login: async (given) =>
        gateway.graph(
          "mutation ($t: String!) { login(credentials: { jwt: { token: $t } }) { user { id } } }",
          { variables: { t: await sign(given, "https://issuer.example") } },
        ),
      asked: () => endpoint.asked.length,
    },
  ],
];

describe.each(ways)("%s", (_, way) => {
  const rejected = async (given: Given): Promise<string | undefined> =>
    stage.rejection(() => way.login({ ...given, claims: { sub: "eve", ...given.claims } }));
  const accepted = async (given: Given = {}): Promise<void> =>
    expect((await way.login(given)).errors).toBeUndefined();

  describe("with one key", () => {
    beforeEach(async () => way.publish([await jwk(own.publicKey)]));

    it.each([undefined, "JWT", "jwt", "application/JWT", "id_token+jwt"])("may be of the type %s", (typ) =>
      accepted({ header: { typ } }),
    );
    it.each([
      "logout+jwt",
      "LOGOUT+JWT",
      "at+jwt",
      "application/at+jwt",
      "dpop+jwt",
      "secevent+jwt",
      "oauth-authz-req+jwt",
      "token-introspection+jwt",
      "JOSE",
      "",
      " JWT",
      7,
      null,
      ["JWT"],
    ])("of the type %j is rejected, although all else is right", async (typ) => {
      expect(await rejected({ header: { typ } })).toBe("INVALID_CREDENTIALS");
    });
    it("that ends a session is rejected, also without a type", async () => {
      expect(await rejected({ claims: { events: LOGOUT } })).toBe("INVALID_CREDENTIALS");
      await accepted({ claims: { events: ["concert"] } });
    });
    it.each([
      ["an extension that is not known", { crit: ["urn:example"], "urn:example": 1 }],
      ["unencoded contents", { crit: ["b64"], b64: true }],
      ["unencoded contents, not critical", { b64: true }],
      ["an empty list of extensions", { crit: [] }],
    ])("whose header asks for %s is rejected", async (_, header) => {
      const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
      const signedWith = async (more: object): Promise<string> => {
        const [, payload] = (await sign({ claims: { sub: "eve" } }, idp.issuer)).split(".");
        const text = `${part({ alg: "RS256", kid: "one", ...more })}.${payload}`;
        return `${text}.${createSign("RSA-SHA256").update(text).sign(own.privateKey, "base64url")}`;
      };
      idp.lies.keys = lies.json({ keys: [await jwk(own.publicKey)] });
      await stage.deploy();
      expect(await stage.rejection(async () => stage.login(await signedWith(header)))).toBe(
        "INVALID_CREDENTIALS",
      );
      expect((await stage.login(await signedWith({}))).errors).toBeUndefined();
    });

    it.each([
      ["issued in ten years", { iat: 315_360_000 }],
      ["issued in 61 seconds", { iat: 61 }],
      ["not good before 61 seconds", { nbf: 61 }],
      ["expired 60 seconds ago", { exp: -60 }],
    ])("%s is rejected", async (_, offsets) => {
      const claims = Object.fromEntries(Object.entries(offsets).map(([name, by]) => [name, now() + by]));
      expect(await rejected({ claims })).toBe("INVALID_CREDENTIALS");
    });
    it.each([
      ["issued in 59 seconds", { iat: 59 }],
      ["not good before 59 seconds", { nbf: 59 }],
      ["expired 59 seconds ago", { exp: -59 }],
      ["issued ten years ago", { iat: -315_360_000 }],
    ])("%s is within what clocks may differ", (_, offsets) =>
      accepted({
        claims: Object.fromEntries(Object.entries(offsets).map(([name, by]) => [name, now() + by])),
      }),
    );
    it.each([
      ["exp", "never"],
      ["exp", null],
      ["nbf", "now"],
      ["iat", "now"],
      ["iat", [1]],
    ])("whose `%s` is %j is rejected", async (claim, value) => {
      expect(await rejected({ claims: { [claim]: value } })).toBe("INVALID_CREDENTIALS");
    });

    it("with a claim that is nested too deep is rejected, and no fault of the gateway's", async () => {
      const deep = JSON.parse(`${"[".repeat(2_000)}${"]".repeat(2_000)}`);
      expect(await rejected({ claims: { deep } })).toBe("INVALID_CREDENTIALS");
    });
  });

  it("without a key id is tried with each key of its algorithm", async () => {
    const keys = [curve, next, own].map(({ publicKey }) => jwk(publicKey, { kid: undefined }));
    await way.publish(await Promise.all(keys));
    for (const key of [own, next]) await accepted({ header: { kid: undefined }, key: key.privateKey });
    await accepted({ header: { kid: undefined, alg: "ES256" }, key: curve.privateKey });
    const stranger = generateKeyPairSync("rsa", { modulusLength: 2_048 });
    expect(await rejected({ header: { kid: undefined }, key: stranger.privateKey })).toBe(
      "INVALID_CREDENTIALS",
    );
    // The token names a key, and the published key has no `kid`.
    await accepted({ header: { kid: "other" } });
  });
  it("without a key id finds a key among others that have one", async () => {
    await way.publish([await jwk(next.publicKey, { kid: "two" }), await jwk(own.publicKey)]);
    await accepted({ header: { kid: undefined } });
    expect(await rejected({ header: { kid: "two" } })).toBe("INVALID_CREDENTIALS");
  });
  it("is tried with each of several keys under its id", async () => {
    await way.publish([await jwk(next.publicKey), await jwk(own.publicKey)]);
    await accepted();
    await accepted({ key: next.privateKey });
  });
  it("costs no more than sixteen verifications", async () => {
    const many = await Promise.all(Array.from({ length: 16 }, () => jwk(next.publicKey)));
    await way.publish([...many.slice(1), await jwk(own.publicKey)]);
    await accepted({ header: { kid: undefined } });
    await way.publish([...many, await jwk(own.publicKey)]);
    expect(await rejected({ header: { kid: undefined } })).toBe("INVALID_CREDENTIALS");
  });
  it("is verified beside keys that are good for nothing", async () => {
    await way.publish([
      { kty: "oct", k: "AAAA", kid: "secret" },
      { kty: "RSA", kid: "broken" },
      { kty: "other", kid: "unknown" },
      await jwk(short.publicKey, { kid: "short" }),
      await jwk(next.publicKey, { use: "enc" }),
      await jwk(next.publicKey, { key_ops: ["encrypt"] }),
      await jwk(next.publicKey, { alg: "RSA-OAEP", kid: "three" }),
      null as never,
      await jwk(own.publicKey, { alg: "RS256", use: "sig" }),
    ]);
    await accepted();
    await accepted({ header: { kid: undefined } });
    // A key that is published to encrypt with signs nothing.
    expect(await rejected({ key: next.privateKey })).toBe("INVALID_CREDENTIALS");
    expect(await rejected({ header: { kid: "three" }, key: next.privateKey })).toBe("INVALID_CREDENTIALS");
    // An operator has to see these: the visitor's token may well be right.
    expect(await rejected({ header: { kid: "short" } })).toBe("SERVICE_UNAVAILABLE");
    expect(await rejected({ header: { kid: "secret" } })).toBe("SERVICE_UNAVAILABLE");
  });
  it("is verified with a key that came since, with and without its id, asked for once in thirty seconds", async () => {
    await way.publish([await jwk(next.publicKey, { kid: undefined })]);
    const old = { header: { kid: undefined }, key: next.privateKey };
    await accepted(old);
    const before = way.asked();
    const fresh = { keys: [await jwk(own.publicKey, { kid: undefined })] };
    idp.lies.keys = lies.json(fresh);
    endpoint.reply(answerJson(fresh));
    expect(await rejected({ header: { kid: undefined } })).toBe("INVALID_CREDENTIALS");
    expect(way.asked()).toBe(before);
    gateway.clock.advance({ seconds: 30 });
    await accepted({ header: { kid: undefined } });
    expect(await rejected(old)).toBe("INVALID_CREDENTIALS");
    expect(way.asked()).toBe(before + 1);
  });
  it("with a wrong signature stays wrong while its issuer is down", async () => {
    await way.publish([await jwk(own.publicKey)]);
    await accepted();
    idp.lies.keys = lies.error;
    endpoint.reply(answerJson({}, 500));
    gateway.clock.advance({ seconds: 30 });
    expect(await rejected({ key: next.privateKey })).toBe("INVALID_CREDENTIALS");
    await accepted();
  });
});

it("takes an ID token as SDKs get it, with the nonce that it was asked for alone", async () => {
  const token = await new SignJWT({ sub: "ada", nonce: "n" })
    .setProtectedHeader({ alg: "RS256", kid: "one", typ: "JWT" })
    .setIssuer(idp.issuer)
    .setAudience("app")
    .setIssuedAt(now())
    .setExpirationTime(now() + 300)
    .sign(own.privateKey);
  idp.lies.keys = lies.json({ keys: [await jwk(own.publicKey)] });
  await stage.deploy();
  expect((await stage.login(token, "n")).errors).toBeUndefined();
  expect(codeOf(await stage.login(token, "m"))).toBe("INVALID_CREDENTIALS");
});
