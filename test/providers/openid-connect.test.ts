/** ID tokens, from a provider that is honest and from one that is not. */
import { createHash, generateKeyPairSync } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { exportJWK, exportSPKI, generateKeyPair } from "jose";
import {
  type Answer,
  codeOf,
  countRows,
  createDatabase,
  type Gateway,
  loginAnonymously,
  me,
  startGateway,
} from "../support/gateway.ts";
import { type LyingProvider, lies, startLyingProvider } from "../support/lying-provider.ts";
import {
  completeOAuth,
  deployProvider,
  linkIdToken,
  loginWithIdToken,
  mergeUser,
  realTimeClock,
  saveProvider,
  startOAuth,
} from "../support/oauth.ts";

const REDIRECT = "http://127.0.0.1:3000/callback";
const provider = "company";
let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
let idp: LyingProvider;
let deployments = 0;

/** A deployment of its own has everything to learn about the provider again. */
const deploy = (settings: object = {}): Promise<void> =>
  deployProvider(gateway, {
    name: provider,
    type: "oidc",
    settings: { ...idp.settings, displayName: `Company ${++deployments}`, ...settings },
  });
type Signature = Parameters<LyingProvider["signIdToken"]>[2];
const sign = (claims: Record<string, unknown> = {}, signature?: Signature): Promise<string> =>
  idp.signIdToken({ sub: "ada", ...claims }, gateway.clock.now(), signature);
const login = (token: string, nonce?: string): Promise<Answer> =>
  loginWithIdToken(gateway, { provider, token, ...(nonce !== undefined && { nonce }) });
const tables = ["users", "identities", "sessions"];
const countAll = (): Promise<number[]> => Promise.all(tables.map((table) => countRows(gateway, table)));
/** The code of a refusal that left no row behind. */
const refusal = async (attempt: () => Promise<Answer>): Promise<string | undefined> => {
  const before = await countAll();
  const answer = await attempt();
  expect(await countAll()).toEqual(before);
  return codeOf(answer);
};

beforeAll(async () => {
  database = await createDatabase("sqlite");
  [gateway, idp] = await Promise.all([
    startGateway({ url: database.url, clock: realTimeClock() }),
    startLyingProvider(REDIRECT),
  ]);
  await deploy();
});
afterEach(() => {
  for (const name of Object.keys(idp.lies)) delete idp.lies[name as keyof typeof idp.lies];
});
afterAll(async () => {
  await Promise.all([gateway.stop(), idp.stop()]);
  await database.drop();
});

describe("a right ID token", () => {
  it("logs in, links, and offers the merge where it is somebody else's", async () => {
    const owner = (await login(await sign({ email: "Ada@Example.com", email_verified: "true" }))).data.login
      .user;
    expect(owner.identities).toEqual([
      { provider, subject: `${idp.issuer}#ada`, email: "ada@example.com", emailVerified: true },
    ]);
    const guest = await loginAnonymously(gateway);
    const token = await sign({ sub: "bob", email: "ada@example.com", email_verified: false });
    const linked = (await linkIdToken(gateway, guest.accessToken, { provider, token })).data.linkIdentity;
    expect(linked.user).toMatchObject({ id: guest.id, isAnonymous: false });
    const other = await loginAnonymously(gateway);
    const conflict = (await linkIdToken(gateway, other.accessToken, { provider, token })).data.linkIdentity;
    expect(conflict.__typename).toBe("IdentityConflict");
    expect((await me(gateway, other.accessToken)).data.me.isAnonymous).toBe(true);
    const merged = await mergeUser(gateway, other.accessToken, conflict.mergeTicket);
    expect(merged.data.mergeUser.user).toMatchObject({ id: guest.id, formerIds: [other.id] });
  });
  it("keeps the e-mail that the provider does not say again", async () => {
    await login(await sign({ sub: "emil", email: "emil@example.com" }));
    const { user } = (await login(await sign({ sub: "emil" }))).data.login;
    expect(user.identities[0].email).toBe("emil@example.com");
  });
  it.each([
    ["several audiences and an `azp` of ours", { aud: ["app", "other"], azp: "app" }],
    ["one audience in a list", { aud: ["app"] }],
    ["one audience, asked for by another app of ours", { azp: "android" }],
    ["an expiry within the clock skew", { exp: Math.floor(Date.now() / 1_000) - 50 }],
  ])("may have %s", async (_, claims) => {
    expect((await login(await sign(claims))).errors).toBeUndefined();
  });
});

describe("a nonce", () => {
  const hashed = createHash("sha256").update("n-1").digest("hex");
  it.each([
    ["in both, the same", "n-1", "n-1", undefined],
    ["in both, hashed as SDKs on phones do", hashed, "n-1", undefined],
    ["in neither", undefined, undefined, undefined],
    ["in both, different", "n-1", "n-2", "INVALID_CREDENTIALS"],
    ["in the token alone", "n-1", undefined, "INVALID_CREDENTIALS"],
    ["sent alone", undefined, "n-1", "INVALID_CREDENTIALS"],
    ["sent hashed, for one that is not", "n-1", hashed, "INVALID_CREDENTIALS"],
    ["sent empty, for one that is there", "n-1", "", "INVALID_CREDENTIALS"],
  ])("%s", async (_, inToken, sent, code) => {
    expect(codeOf(await login(await sign({ nonce: inToken }), sent))).toBe(code);
  });
});

describe("a wrong ID token is INVALID_CREDENTIALS and makes nothing:", () => {
  const now = Math.floor(Date.now() / 1_000);
  it.each([
    ["another issuer", { iss: "https://evil.example" }],
    ["another audience", { aud: "other" }],
    ["no audience", { aud: undefined }],
    ["several audiences and no `azp`", { aud: ["app", "other"] }],
    ["several audiences and a foreign `azp`", { aud: ["app", "other"], azp: "other" }],
    ["expired", { exp: now - 3_600 }],
    ["no expiry", { exp: undefined }],
    ["not valid yet", { nbf: now + 3_600 }],
    ["no time of issue", { iat: undefined }],
    ["no subject", { sub: undefined }],
    ["an empty subject", { sub: "" }],
    ["a subject that is no text", { sub: 7 }],
    ["a subject with NUL", { sub: "a\0b" }],
    ["a subject without end", { sub: "x".repeat(2_000) }],
  ])("%s", async (_, claims) => {
    const token = await sign({ sub: "eve", ...claims });
    expect(await refusal(() => login(token))).toBe("INVALID_CREDENTIALS");
  });

  it("signed by somebody else, with no algorithm, or with the public key as a secret", async () => {
    const stranger = await generateKeyPair("RS256");
    const pem = new TextEncoder().encode(await exportSPKI(idp.publicKey));
    const right = await sign({ sub: "eve" });
    const [header, payload] = right.split(".");
    const wrong = [
      await sign({ sub: "eve" }, { key: stranger.privateKey }),
      await sign({ sub: "eve" }, { key: pem, alg: "HS256" }),
      `${btoa('{"alg":"none","kid":"one"}').replaceAll("=", "")}.${payload}.`,
      `${header}.${payload}.`,
      `${header}.${payload}x.${right.split(".")[2]}`,
      right.slice(0, -4),
      "",
      "a.b.c",
      "\0",
      "x".repeat(70_000),
    ];
    for (const token of wrong) expect(await refusal(() => login(token))).toBe("INVALID_CREDENTIALS");
    expect(codeOf(await login(right))).toBeUndefined();
  });
});

describe("keys", () => {
  it("are nobody's business for a token that says itself that it is not for us", async () => {
    await deploy();
    const asked = (): number => [...idp.requests.values()].reduce((sum, count) => sum + count, 0);
    const before = asked();
    const foreign = [{ iss: "https://evil.example" }, { iss: undefined }, { aud: "other" }, { aud: [] }];
    for (const claims of foreign) {
      expect(await refusal(async () => login(await sign(claims)))).toBe("INVALID_CREDENTIALS");
    }
    expect(await refusal(() => login("a.b.c"))).toBe("INVALID_CREDENTIALS");
    expect(asked()).toBe(before);
  });
  it("are asked for again when nobody knows one, but at most every thirty seconds", async () => {
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
    expect(await refusal(async () => login(await sign({ sub: "eve" })))).toBe("SERVICE_UNAVAILABLE");
    expect(await refusal(() => startOAuth(gateway, { provider, redirectUri: REDIRECT }))).toBe(
      "SERVICE_UNAVAILABLE",
    );
    expect(await countRows(gateway, "oauth_flows")).toBe(0);
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
    expect(await refusal(async () => login(await sign({ sub: "eve" })))).toBe("SERVICE_UNAVAILABLE");
  });

  it.each([
    ["never answers", lies.silence],
    ["never comes to an end", lies.trickle],
  ])("it %s, which takes five seconds once, and no time for those after", async (_, lie) => {
    idp.lies.discovery = lie;
    const begun = performance.now();
    const codes = await Promise.all(
      [sign(), sign()].map(async (token) => refusal(async () => login(await token))),
    );
    expect(codes).toEqual(["SERVICE_UNAVAILABLE", "SERVICE_UNAVAILABLE"]);
    const waited = performance.now() - begun;
    expect(waited).toBeGreaterThan(4_500);
    expect(waited).toBeLessThan(8_000);
    expect(await refusal(async () => login(await sign()))).toBe("SERVICE_UNAVAILABLE");
    expect(performance.now() - begun - waited).toBeLessThan(1_000);
    delete idp.lies.discovery;
    gateway.clock.advance({ seconds: 5 });
    expect((await login(await sign())).errors).toBeUndefined();
  });

  it("nobody is there", async () => {
    await deploy({ issuer: "http://127.0.0.1:9" });
    const token = await sign({ iss: "http://127.0.0.1:9" });
    expect(await refusal(() => login(token))).toBe("SERVICE_UNAVAILABLE");
  });
});

describe("a redirect flow makes nothing when the provider's answer is", () => {
  beforeEach(() => deploy());

  const complete = async (): Promise<string | undefined> => {
    const started = await startOAuth(gateway, { provider, redirectUri: REDIRECT });
    const { state, url } = started.data.startOAuth;
    nonce = String(new URL(url).searchParams.get("nonce"));
    const code = await refusal(() => completeOAuth(gateway, { code: idp.code, state }));
    // Whatever it was, the state is used up.
    expect(codeOf(await completeOAuth(gateway, { code: idp.code, state }))).toBe("OAUTH_STATE_INVALID");
    return code;
  };
  let nonce = "";
  const answerWith = (claims: Record<string, unknown>, signature?: Signature): void => {
    idp.lies.token = (response) =>
      void sign({ sub: "eve", nonce, email: "eve@example.com", ...claims }, signature).then((id_token) =>
        lies.json({ access_token: "x", token_type: "Bearer", id_token })(response, response.req),
      );
  };

  it("right: then it makes a user", async () => {
    answerWith({ sub: "grace" });
    const started = await startOAuth(gateway, { provider, redirectUri: REDIRECT });
    const { state, url } = started.data.startOAuth;
    nonce = String(new URL(url).searchParams.get("nonce"));
    const { data } = await completeOAuth(gateway, { code: idp.code, state });
    expect(data.completeOAuth.user.isAnonymous).toBe(false);
  });
  it.each([
    ["a token with another nonce", { nonce: "n" }, "INVALID_CREDENTIALS"],
    ["a token without a nonce", { nonce: undefined }, "SERVICE_UNAVAILABLE"],
    ["a token for somebody else", { aud: "other" }, "INVALID_CREDENTIALS"],
    ["a token of somebody else", { iss: "https://evil.example" }, "INVALID_CREDENTIALS"],
    ["a token that has expired", { exp: 1 }, "INVALID_CREDENTIALS"],
  ])("%s", async (_, claims, code) => {
    answerWith(claims);
    expect(await complete()).toBe(code);
  });
  it("a token that somebody else signed", async () => {
    const { privateKey } = await generateKeyPair("RS256");
    answerWith({}, { key: privateKey });
    expect(await complete()).toBe("INVALID_CREDENTIALS");
  });
  it.each([
    ["a refused code", lies.json({}), "SERVICE_UNAVAILABLE"],
    ["no ID token", lies.json({ access_token: "x", token_type: "Bearer" }), "SERVICE_UNAVAILABLE"],
    ["a page", lies.page, "SERVICE_UNAVAILABLE"],
    ["an error", lies.error, "SERVICE_UNAVAILABLE"],
    ["nothing, ever", lies.silence, "SERVICE_UNAVAILABLE"],
  ])("%s", async (_, lie, code) => {
    idp.lies.token = lie;
    expect(await complete()).toBe(code);
  });
  it("right, but after a redirect or in half a megabyte", async () => {
    for (const lie of [lies.redirect, lies.huge]) {
      idp.lies.token = (response, request) =>
        void sign({ sub: "eve", nonce }).then((id_token) => {
          const honest = { access_token: "x", token_type: "Bearer", id_token };
          const isMoved = String(request.url).startsWith("/moved");
          (isMoved ? lies.json(honest) : lie)(response, request, honest);
        });
      expect(await complete()).toBe("SERVICE_UNAVAILABLE");
    }
  });
  it.each([
    ["invalid_grant", "INVALID_CREDENTIALS"],
    ["invalid_client", "SERVICE_UNAVAILABLE"],
  ])("the error %s", async (error, code) => {
    idp.lies.token = (response) => {
      response.writeHead(400, { "content-type": "application/json" }).end(JSON.stringify({ error }));
    };
    expect(await complete()).toBe(code);
  });
  it("what somebody else's UserInfo says", async () => {
    answerWith({ email: undefined });
    idp.lies.userinfo = lies.json({ sub: "mallory", email: "boss@example.com" });
    expect(await complete()).toBe("SERVICE_UNAVAILABLE");
  });
});

it("counts failed completions and starts against limits, by address", async () => {
  const limited = await startGateway({
    url: database.url,
    clock: gateway.clock,
    settings: { RATE_LIMITS: "failedLogins=3/300,oauthStarts=2/600" },
  });
  try {
    const complete = (): Promise<Answer> => completeOAuth(limited, { code: "x", state: "made up" });
    for (let i = 0; i < 3; i++) expect(codeOf(await complete())).toBe("OAUTH_STATE_INVALID");
    expect(codeOf(await complete())).toBe("RATE_LIMITED");
    const start = (): Promise<Answer> => startOAuth(limited, { provider, redirectUri: REDIRECT });
    expect([codeOf(await start()), codeOf(await start()), codeOf(await start())]).toEqual([
      undefined,
      undefined,
      "RATE_LIMITED",
    ]);
  } finally {
    await limited.stop();
  }
});

it.each([
  ["issuer", { issuer: "http://idp.example" }],
  ["issuer", { issuer: "https://idp.example/?tenant=1" }],
  ["issuer", { issuer: "nonsense" }],
  ["clientIds", { clientIds: [] }],
  ["redirectUris.0", { redirectUris: ["https://app.example"] }],
  ["redirectUris.0", { redirectUris: ["https://app.example/?x=1"] }],
  ["redirectUris.0", { redirectUris: ["https://app.example/#x"] }],
  ["redirectUris.0", { redirectUris: ["http://app.example/"] }],
  ["redirectUris.0", { redirectUris: ["javascript:alert(1)"] }],
  ["redirectUris.0", { redirectUris: ["myapp:/callback"] }],
  ["scopes", { scopes: ["email"] }],
  ["", { unknown: 1 }],
])("refuses settings that would be unsafe: %s %j", async (field, settings) => {
  const saved = await saveProvider(gateway, {
    name: provider,
    enabled: true,
    settings: { ...idp.settings, ...settings },
  });
  expect(saved.errors?.[0]?.extensions.problems).toEqual([expect.objectContaining({ field })]);
});
it("sends apps back under schemes of their own, which have a dot", async () => {
  const redirectUris = ["com.example.app:/callback", "https://app.example/", "http://[::1]:3000/"];
  const saved = await saveProvider(gateway, {
    name: provider,
    enabled: true,
    settings: { ...idp.settings, redirectUris },
  });
  expect(saved.errors).toBeUndefined();
  await gateway.admin("mutation { discardDraft }");
});
