/** Tokens of the operator's own issuer, with real keys and a real key server. */

import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from "jose";
import { codeOf, createDatabase, type Gateway, loginAnonymously, startGateway } from "../support/gateway.ts";

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
let keyServer: Server;
let keysUrl: string;
const pair = await generateKeyPair("RS256", { extractable: true });
const other = await generateKeyPair("RS256", { extractable: true });
const secret = "a-shared-secret-of-32-characters!!";

beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url });
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: "one", alg: "RS256" }] });
  keyServer = createServer((_request, response) =>
    response.setHeader("content-type", "application/json").end(keys),
  );
  await new Promise<void>((resolve) => keyServer.listen(0, "127.0.0.1", resolve));
  keysUrl = `http://127.0.0.1:${(keyServer.address() as { port: number }).port}/keys`;
});
afterAll(async () => {
  keyServer.close();
  await gateway.stop();
  await database.drop();
});

async function configure(settings: object): Promise<void> {
  const saved = await gateway.admin(
    "mutation ($i: SaveProviderInput!) { saveProvider(input: $i) { baseVersion } }",
    {
      variables: { i: { name: "custom-token", enabled: true, settings } },
    },
  );
  expect(saved.errors).toBeUndefined();
  expect((await gateway.admin("mutation { deploy { version } }")).errors).toBeUndefined();
}

interface Forgery {
  key?: Parameters<SignJWT["sign"]>[0];
  alg?: string;
  issuer?: string;
  audience?: string;
  subject?: string;
  expiresIn?: number;
  claims?: Record<string, unknown>;
}

const token = ({
  key = pair.privateKey,
  alg = "RS256",
  issuer = "https://issuer.example",
  audience = "shop",
  subject = "ada",
  expiresIn = 300,
  claims = {},
}: Forgery = {}): Promise<string> => {
  const now = Math.floor(+gateway.clock.now() / 1_000);
  return new SignJWT({ sub: subject, ...claims })
    .setProtectedHeader({ alg, kid: "one" })
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt(now)
    .setExpirationTime(now + expiresIn)
    .sign(key);
};
const loginWith = async (jwt: string) =>
  gateway.graph(
    "mutation ($t: String!) { login(credentials: { jwt: { token: $t } }) { user { id isAnonymous profile } } }",
    { variables: { t: jwt } },
  );

it.each([
  ["a key server", async () => ({ jwksUrl: keysUrl })],
  ["a PEM key", async () => ({ publicKey: await exportSPKI(pair.publicKey) })],
])("accepts right tokens and rejects wrong ones, with %s", async (_, source) => {
  await configure({
    issuer: "https://issuer.example",
    audience: ["shop"],
    algorithms: ["RS256"],
    profileClaims: { given_name: "firstName" },
    ...(await source()),
  });
  const right = await loginWith(await token({ claims: { given_name: "Ada" } }));
  expect(right.data.login.user).toMatchObject({ isAnonymous: false, profile: { firstName: "Ada" } });
  expect((await loginWith(await token())).data.login.user.id).toBe(right.data.login.user.id);
  expect((await loginWith(await token({ subject: "bob" }))).data.login.user.id).not.toBe(
    right.data.login.user.id,
  );
  const pem = await exportSPKI(pair.publicKey);
  const wrong = [
    await token({ issuer: "https://evil.example" }),
    await token({ audience: "other" }),
    await token({ expiresIn: -61 }),
    await token({ key: other.privateKey }),
    await token({ key: new TextEncoder().encode(pem), alg: "HS256" }),
    `${btoa('{"alg":"none"}')}.${btoa('{"sub":"ada","iss":"https://issuer.example"}')}.`,
    `${(await token()).slice(0, -3)}AAA`,
    await token({ claims: { sub: 7 } }),
    "",
    "a.b.c",
    "x".repeat(1_000),
  ];
  for (const each of wrong) expect(codeOf(await loginWith(each))).toBe("INVALID_CREDENTIALS");
  expect((await loginWith(await token({ expiresIn: -59 }))).data.login.user.id).toBe(
    right.data.login.user.id,
  );
});

it("links an anonymous user, and accepts HS256 with a shared secret only", async () => {
  await configure({ issuer: "https://issuer.example", algorithms: ["HS256"], secret });
  const guest = await loginAnonymously(gateway);
  const jwt = await token({ key: new TextEncoder().encode(secret), alg: "HS256", subject: "carl" });
  const linked = await gateway.graph(
    "mutation ($t: String!) { linkIdentity(credentials: { jwt: { token: $t } }) { ... on AuthPayload { user { id isAnonymous } } } }",
    { token: guest.accessToken, variables: { t: jwt } },
  );
  expect(linked.data.linkIdentity.user).toEqual({ id: guest.id, isAnonymous: false });
  expect((await loginWith(jwt)).data.login.user.id).toBe(guest.id);
  expect(codeOf(await loginWith(await token()))).toBe("INVALID_CREDENTIALS");
});

it.each([
  [{ algorithms: ["HS256", "RS256"], secret }],
  [{ algorithms: ["HS256"], publicKey: "x" }],
  [{ algorithms: ["RS256"], secret }],
  [{ algorithms: ["RS256"] }],
  [{ algorithms: ["RS256"], jwksUrl: "http://keys.example/jwks" }],
  [{ algorithms: ["HS256"], secret: "short" }],
])("rejects settings that would be unsafe (case %#)", async (settings) => {
  const saved = await gateway.admin(
    "mutation ($i: SaveProviderInput!) { saveProvider(input: $i) { baseVersion } }",
    {
      variables: { i: { name: "custom-token", enabled: true, settings: { issuer: "i", ...settings } } },
    },
  );
  expect(codeOf(saved)).toBe("BAD_USER_INPUT");
});

it("says SERVICE_UNAVAILABLE when the key server is down, and makes no user", async () => {
  await configure({
    issuer: "https://issuer.example",
    algorithms: ["RS256"],
    jwksUrl: "http://127.0.0.1:9/keys",
    secret: null,
  });
  expect(codeOf(await loginWith(await token({ subject: "dora" })))).toBe("SERVICE_UNAVAILABLE");
});
