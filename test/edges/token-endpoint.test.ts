/** What a provider's endpoints answer when something is set up wrong: the log says it, the visitor is told whose it is to mend. */
import { createServer } from "node:https";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { generateKeyPair } from "jose";
import { pino } from "pino";
import { type Answer, codeOf, createDatabase, type Gateway, startGateway } from "../support/gateway.ts";
import { startIdentityProvider } from "../support/identity-provider.ts";
import { certificate, privateKey } from "../support/localhost-certificate.ts";
import { type Lies, type LyingProvider, lies, startLyingProvider } from "../support/lying-provider.ts";
import { completeOAuth, deployProvider, realTimeClock, startOAuth } from "../support/oauth.ts";

const REDIRECT = "http://127.0.0.1:3000/callback";
const SECRET = "the-client-secret-of-the-shop";
let database: Awaited<ReturnType<typeof createDatabase>>;
let gateway: Gateway;
let idp: LyingProvider;
let logged: Record<string, unknown>[];
let deployments = 0;

beforeAll(async () => {
  database = await createDatabase("sqlite");
  logged = [];
  const log = pino({ level: "debug" }, { write: (line: string) => void logged.push(JSON.parse(line)) });
  gateway = await startGateway({ url: database.url, clock: realTimeClock(), log });
  idp = await startLyingProvider(REDIRECT);
});
beforeEach(() => deploy());
afterEach(() => {
  for (const name of Object.keys(idp.lies)) delete idp.lies[name as keyof Lies];
});
afterAll(async () => {
  await gateway.stop();
  await idp.stop();
  await database.drop();
});

async function deploy(settings: object = {}): Promise<void> {
  await deployProvider(gateway, {
    name: "company",
    type: "oidc",
    settings: {
      ...idp.settings,
      clientSecret: SECRET,
      displayName: `Company ${++deployments}`,
      ...settings,
    },
  });
  logged.length = 0;
}
const start = (): Promise<Answer> => startOAuth(gateway, { provider: "company", redirectUri: REDIRECT });
let nonce = "";
async function complete(code = idp.code): Promise<Answer> {
  const { state, url } = (await start()).data.startOAuth;
  nonce = String(new URL(url).searchParams.get("nonce"));
  return completeOAuth(gateway, { code, state });
}
/** Reasons that the log gives an operator at the level of warnings. */
const warnings = (): unknown[] => logged.filter(({ level }) => level === 40).map(({ reason }) => reason);
const MISCONFIGURED = /An operator must check the provider's settings/;

const answer =
  (status: number, body: object | string, headers: Record<string, string> = {}): NonNullable<Lies["token"]> =>
  (response) =>
    response
      .writeHead(status, { "content-type": "application/json", ...headers })
      .end(typeof body === "string" ? body : JSON.stringify(body));
const challenge = { "www-authenticate": 'Basic realm="idp", error="invalid_client"' };

it.each<[string, NonNullable<Lies["token"]>, RegExp]>([
  [
    "401 with a challenge",
    answer(401, { error: "invalid_client" }, challenge),
    /status 401, invalid_client.*`clientSecret`/,
  ],
  [
    "401 without a challenge",
    answer(401, { error: "invalid_client" }),
    /status 401, invalid_client.*`clientSecret`/,
  ],
  ["400 invalid_client", answer(400, { error: "invalid_client" }), /invalid_client.*`clientAuthentication`/],
  [
    "401 and a page",
    answer(401, "<h1>Who are you?</h1>", { ...challenge, "content-type": "text/html" }),
    /status 401\..*`clientSecret`/,
  ],
  [
    "unauthorized_client",
    answer(400, { error: "unauthorized_client" }),
    /unauthorized_client.*authorization code flow/,
  ],
  ["invalid_request", answer(400, { error: "invalid_request" }), /invalid_request/],
  ["redirect_uri_mismatch", answer(400, { error: "redirect_uri_mismatch" }), /Register the redirect URI/],
  ["an error of status 200", answer(200, { error: "invalid_client" }), /status 200, invalid_client/],
  ["404", answer(404, "<h1>Not found</h1>"), /status 404\. Check `issuer`/],
  ["a redirect", answer(302, "", { location: "/elsewhere" }), /status 302\. Redirects are not followed/],
])("tells an operator of %s, and the visitor that it is an operator's", async (_, lie, reason) => {
  idp.lies.token = lie;
  const answered = await complete();
  expect(codeOf(answered)).toBe("SERVICE_UNAVAILABLE");
  expect(answered.errors?.[0]?.message).toMatch(MISCONFIGURED);
  expect(warnings()).toEqual([expect.stringMatching(reason)]);
  expect(warnings()).toEqual([expect.stringContaining(`token endpoint at ${idp.issuer}/token`)]);
});

it.each<[string, NonNullable<Lies["token"]>, RegExp]>([
  ["500 and a page", answer(500, "<h1>Oh no</h1>"), /status 500\. The provider has an internal error/],
  ["503", answer(503, {}), /status 503/],
  ["429", answer(429, {}), /status 429\. The provider limits/],
  ["a page", lies.page, /answers with text\/html: .*not valid JSON/],
  [
    "JSON that is nested too deep",
    answer(200, `{"id_token":${"[".repeat(10_000)}${"]".repeat(10_000)}}`),
    /nested deeper/,
  ],
  [
    "text that is no UTF-8",
    (response) => response.end(Buffer.from('{"access_token":"\xfc"}', "latin1")),
    /not in UTF-8/,
  ],
  ["no ID token", answer(200, { access_token: "x", token_type: "Bearer" }), /id_token/i],
  ["no access token", answer(200, { token_type: "Bearer" }), /access_token/],
  [
    "an ID token that is none",
    answer(200, { access_token: "x", token_type: "Bearer", id_token: "x" }),
    /gives no ID token/,
  ],
])("tells an operator of %s, and the visitor to try again", async (_, lie, reason) => {
  idp.lies.token = lie;
  const answered = await complete();
  expect(codeOf(answered)).toBe("SERVICE_UNAVAILABLE");
  expect(answered.errors?.[0]?.message).toMatch(/try again/);
  expect(warnings()).toEqual([expect.stringMatching(reason)]);
});

it("names the algorithm of an ID token that the provider did not announce", async () => {
  const { privateKey: key } = await generateKeyPair("ES256");
  for (const signature of [
    { key, alg: "ES256" },
    { key: new TextEncoder().encode(SECRET.padEnd(32, "x")), alg: "HS256" },
  ]) {
    logged.length = 0;
    idp.lies.token = (response) =>
      void idp
        .signIdToken({ sub: "eve", nonce }, gateway.clock.now(), signature)
        .then((id_token) =>
          lies.json({ access_token: "x", token_type: "Bearer", id_token })(response, response.req),
        );
    const answered = await complete();
    expect(codeOf(answered)).toBe("SERVICE_UNAVAILABLE");
    expect(answered.errors?.[0]?.message).toMatch(MISCONFIGURED);
    expect(warnings()).toEqual([
      expect.stringMatching(new RegExp(`signed with ${signature.alg}, and .* announces RS256`)),
    ]);
  }
});

it("tells the visitor to begin again when the code is not good, and an operator why that may be", async () => {
  idp.lies.token = answer(400, { error: "invalid_grant", error_description: "the code was used" });
  const answered = await complete();
  expect(codeOf(answered)).toBe("INVALID_CREDENTIALS");
  expect(answered.errors?.[0]?.message).toMatch(/Start again/);
  expect(warnings()).toEqual([expect.stringMatching(/invalid_grant.*used before.*redirect URI/)]);
});

it("repeats nothing of the answer beside the error's code, neither to the log nor to the client", async () => {
  const words = "the words of the provider";
  for (const status of [400, 401, 500]) {
    idp.lies.token = answer(
      status,
      { error: "invalid_client", error_description: `${words} ${SECRET}`, more: words },
      {
        "www-authenticate": `Basic realm="${words}"`,
      },
    );
    const answered = await complete();
    expect(codeOf(answered)).toBe("SERVICE_UNAVAILABLE");
    expect(JSON.stringify([answered, logged])).not.toContain(words);
  }
  idp.lies.token = answer(400, { error: `${words}\n${SECRET}` });
  expect(JSON.stringify(await complete())).not.toContain(words);
  expect(JSON.stringify(logged)).not.toContain(words);
  expect(JSON.stringify(logged)).not.toContain(SECRET);
});

describe("discovery", () => {
  const document = (more: object) =>
    lies.json({
      issuer: idp.issuer,
      jwks_uri: `${idp.issuer}/keys`,
      authorization_endpoint: `${idp.issuer}/authorize`,
      ...more,
    });
  it.each<[string, () => NonNullable<Lies["discovery"]>, RegExp]>([
    [
      "says that it is another",
      () => document({ issuer: "https://other.example" }),
      /has the issuer "https:\/\/other\.example"\. .*`issuer`/,
    ],
    ["has a slash at its end", () => document({ issuer: `${idp.issuer}/` }), /trailing slash/],
    [
      "names keys over http",
      () => document({ jwks_uri: "http://keys.example" }),
      /`jwks_uri`.*not an https address/,
    ],
    [
      "names a password in an address",
      () => document({ jwks_uri: "https://a:b@keys.example" }),
      /`jwks_uri`/,
    ],
    ["is not there", () => answer(404, ""), /discovery document at .*status 404\. Check `issuer`/],
  ])("that %s is told to an operator", async (_, lie, reason) => {
    idp.lies.discovery = lie();
    const answered = await start();
    expect(codeOf(answered)).toBe("SERVICE_UNAVAILABLE");
    expect(answered.errors?.[0]?.message).toMatch(MISCONFIGURED);
    expect(warnings()).toEqual([expect.stringMatching(reason)]);
  });
  it("is asked for at the issuer without the slash at its end", async () => {
    await deploy({ issuer: `${idp.issuer}/` });
    idp.lies.discovery = document({ issuer: `${idp.issuer}/` });
    expect((await start()).errors).toBeUndefined();
  });
  it("over TLS whose certificate is not trusted, or is another name's, is told as that", async () => {
    const server = createServer({ key: privateKey, cert: certificate }, (_request, response) =>
      response.end("{}"),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    await deploy({ issuer: `https://localhost:${port}` });
    expect(codeOf(await start())).toBe("SERVICE_UNAVAILABLE");
    expect(warnings()).toEqual([expect.stringMatching(/certificate is not trusted;.*NODE_EXTRA_CA_CERTS/)]);
    server.close();
    await deploy({ issuer: `https://localhost:${port}` });
    expect(codeOf(await start())).toBe("SERVICE_UNAVAILABLE");
    expect(warnings()).toEqual([expect.stringMatching(/nothing listens there \(ECONNREFUSED\)/)]);
  });
});

describe("private addresses", () => {
  it("are called unless the settings say otherwise, and then no connection is opened", async () => {
    expect((await start()).errors).toBeUndefined();
    await deploy({ allowPrivateAddresses: false });
    const before = idp.requests.get("/.well-known/openid-configuration");
    expect(codeOf(await start())).toBe("SERVICE_UNAVAILABLE");
    expect(warnings()).toEqual([expect.stringMatching(/the address is not public/)]);
    expect(idp.requests.get("/.well-known/openid-configuration")).toBe(before);
  });
});

it("logs in with a real provider, and tells an operator when the client secret there is another", async () => {
  const real = await startIdentityProvider(REDIRECT);
  try {
    const visit = async (): Promise<Answer> => {
      const { url } = (await start()).data.startOAuth;
      return completeOAuth(gateway, await real.visit(url, "ada"));
    };
    await deploy(real.settings);
    expect((await visit()).errors).toBeUndefined();
    await deploy({ ...real.settings, clientSecret: "another-client-secret-of-32-chars" });
    expect((await visit()).errors?.[0]?.message).toMatch(MISCONFIGURED);
    expect(warnings()).toEqual([expect.stringMatching(/status 401, invalid_client/)]);
  } finally {
    await real.stop();
  }
});
