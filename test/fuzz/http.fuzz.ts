/** What strangers send over HTTP: documents, variables, tokens, addresses and the bodies of the Realm protocol. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { signProof } from "../../src/testing/proofs.ts";
import { createKeyClient, GRAPH_URL } from "../support/dpop.ts";
import { databases, deployProvider, linkEmail, loginAnonymously } from "../support/gateway.ts";
import { fuzz } from "./support/fuzz.ts";
import { mutated } from "./support/mutated.ts";
import { startTargetGateway, type TargetGateway } from "./support/target-gateway.ts";

const documents = [
  "mutation { loginAnonymous { user { id isAnonymous expiresAt } accessToken refreshToken } }",
  "query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { id ids formerIds disabled } } }",
  "mutation ($c: Credentials!) { login(credentials: $c) { user { id } } }",
  "mutation ($c: Credentials!) { linkIdentity(credentials: $c) { __typename ... on IdentityConflict { mergeTicket } } }",
  "{ me { id identities { id provider email } sessions { id current } apiKeys { id } profile } }",
  'mutation { registerEmailPassword(email: "ada@example.com", password: "correct horse") { email needsConfirmation } }',
  "query Q($a: Boolean = true) { me @include(if: $a) { ...F } } fragment F on User { id }",
  "{ __schema { types { name fields { name args { name defaultValue } } } } }",
  'mutation { refreshSession(refreshToken: "pbr_x") { accessToken } logout(scope: ALL) { sessionsEnded } }',
  'mutation { startOAuth(provider: "oidc", redirectUri: "https://a.example/cb") { authorizationUrl } }',
  'mutation { createApiKey(name: "robot") { secret } deleteMe { deletedUserId } mergeUser(ticket: "pbm_x") { accessToken } }',
  "subscription { x }",
  "mutation ($k: String) { login(credentials: { apiKey: { key: $k } }) { accessToken } }",
  'mutation { confirmEmail(token: "x") { email } resetPassword(token: "x", password: "yyyyyyyyy") { email } }',
];
const variables = [
  '{"c":{"emailPassword":{"email":"ada@example.com","password":"correct horse"}}}',
  '{"c":{"jwt":{"token":"eyJhbGciOiJFUzI1NiJ9.e30.AA"}}}',
  '{"c":{"idToken":{"provider":"oauth2-google","token":"a.b.c","nonce":"n"}}}',
  '{"c":{"apiKey":{"key":"pbk_x"}}}',
  '{"c":{"function":{"payload":{"a":[1,{"b":null}]}}}}',
  '{"r":[{"__typename":"User","id":"0198c0de-0000-7000-8000-000000000000"}],"a":true}',
];
const words = [
  "mutation",
  "subscription",
  "fragment X on User { id }",
  "@skip(if: true)",
  "@defer",
  "__typename",
  "$c",
];

describe.each(databases)("on %s", (name) => {
  let target: TargetGateway;
  let token: string;
  beforeAll(async () => {
    target = await startTargetGateway(name, {
      TRUST_PROXY: "2",
      INITIAL_PROVIDERS: "anon-user,local-userpass,api-key",
      SESSION_COOKIES: "on",
    });
    const guest = await loginAnonymously(target.gateway);
    const linked = await linkEmail(target.gateway, guest.accessToken, "owner@example.com");
    token = linked.data.linkIdentity.accessToken;
    await deployProvider(target.gateway, "custom-token", true, {
      issuer: "https://issuer.example",
      algorithms: ["HS256"],
      secret: "a-shared-secret-of-more-than-32-characters",
    });
  });
  afterAll(() => target.stop());

  it("no document and no variables are an internal error", async () => {
    const input = fc.record({
      query: mutated(documents, words),
      variables: fc.oneof(mutated(variables), fc.json({ maxDepth: 8 })),
      signedIn: fc.boolean(),
      operationName: fc.option(fc.string({ maxLength: 20 })),
    });
    await fuzz(input, async ({ query, variables, signedIn, operationName }) => {
      const body = `{"query":${JSON.stringify(query)},"variables":${variables}${operationName === null ? "" : `,"operationName":${JSON.stringify(operationName)}`}}`;
      const headers: Record<string, string> = signedIn ? { authorization: `Bearer ${token}` } : {};
      await target.expectRejectedOrAnswered({ path: "/graphql", body, headers });
    });
  });

  it("no body and no query string of either graph is an internal error", async () => {
    const bodies = documents.map((query) => JSON.stringify({ query, variables: {}, extensions: {} }));
    const input = fc.record({
      method: fc.constantFrom("GET", "POST", "PUT"),
      path: mutated([
        "/graphql",
        "/admin/graphql",
        "/graphql?query={__typename}&variables={}",
        "/introspect",
      ]),
      body: mutated(bodies),
      type: mutated([
        "application/json",
        "application/json; charset=utf-8",
        "text/plain",
        "application/graphql",
      ]),
      encoding: fc.option(fc.constantFrom("gzip", "br", "deflate", "identity", "zstd", "gzip, gzip")),
    });
    await fuzz(input, async ({ method, path, body, type, encoding }) => {
      await target.expectRejectedOrAnswered({
        method,
        path: path.startsWith("/") ? path : `/${path}`,
        body,
        headers: {
          "content-type": type,
          "apollo-require-preflight": "1",
          ...(encoding && { "content-encoding": encoding }),
        },
      });
    });
  });

  it("no token that was changed is anyone's", async () => {
    const { refreshToken, accessToken } = await loginAnonymously(target.gateway);
    const input = fc.record({
      authorization: mutated([
        `Bearer ${accessToken}`,
        `Bearer ${refreshToken}`,
        "Bearer pbk_x",
        "Basic eDp5",
      ]),
      path: fc.constantFrom("/graphql", "/admin/graphql", "/api/client/v2.0/auth/profile"),
    });
    await fuzz(input, async ({ authorization, path }) => {
      const isGraph = path.endsWith("graphql");
      const body = await target.expectRejectedOrAnswered({
        path,
        method: isGraph ? "POST" : "GET",
        headers: { authorization },
        ...(isGraph && { body: '{"query":"{ __typename me { id } }"}' }),
      });
      if (authorization.replace(/^bearer */i, "").trim() !== accessToken)
        expect(body).not.toContain('"me":{"id"');
    });
  });

  it("no proof that was changed opens a session that is bound to a key", async () => {
    const client = createKeyClient(target.gateway);
    const login = await client.graph("mutation { loginAnonymous { accessToken } }");
    const { accessToken } = login.data.loginAnonymous;
    const proof = signProof(client.key, {
      ...{ method: "POST", url: GRAPH_URL, token: accessToken, at: target.gateway.clock.now() },
    });
    const parts = (text: string): unknown =>
      text.split(".").map((part) => Buffer.from(part, "base64url").toString("latin1"));
    const [header = "", claims = "", signature = ""] = proof.split(".");
    const encode = (text: string): string => Buffer.from(text).toString("base64url");
    const decode = (text: string): string => Buffer.from(text, "base64url").toString();
    const input = fc.oneof(
      mutated([proof, `${proof}, ${proof}`]),
      mutated([decode(header)]).map((text) => `${encode(text)}.${claims}.${signature}`),
      mutated([decode(claims)]).map((text) => `${header}.${encode(text)}.${signature}`),
    );
    await fuzz(input, async (dpop) => {
      const body = await target.expectRejectedOrAnswered({
        path: "/graphql",
        headers: { authorization: `DPoP ${accessToken}`, dpop },
        body: '{"query":"{ me { id } }"}',
      });
      if (JSON.stringify(parts(dpop.trim())) !== JSON.stringify(parts(proof))) {
        expect(body).not.toContain('"me":{"id"');
      }
    });
  });

  it("no cookie that was changed refreshes", async () => {
    const { refreshToken } = await loginAnonymously(target.gateway);
    const seeds = [`passerby_refresh=${refreshToken}`, `a=b; passerby_refresh=pbr_x; c`];
    await fuzz(fc.record({ cookie: mutated(seeds), mode: mutated(["cookie"]) }), async ({ cookie, mode }) => {
      const body = await target.expectRejectedOrAnswered({
        path: "/graphql",
        headers: { cookie, "passerby-session": mode },
        body: '{"query":"mutation { refreshSession { user { id } } }"}',
      });
      if (!cookie.includes(refreshToken)) expect(body).not.toContain('"refreshSession":{');
    });
  });

  it("no X-Forwarded-For is stored unless it is an address", async () => {
    const seeds = [
      "203.0.113.9",
      "203.0.113.9:40001, 10.0.0.1",
      "[2001:db8::1]:4711",
      "::ffff:0707:0708, 192.0.2.1",
      "unknown, fe80::1%eth0",
      "2001:db8:0:0:0:0:0:1, 127.0.0.1, 10.0.0.2",
    ];
    await fuzz(mutated(seeds), async (forwarded) => {
      const body = await target.expectRejectedOrAnswered({
        path: "/graphql",
        body: '{"query":"mutation { loginAnonymous { session { ipAddress } } }"}',
        headers: { "x-forwarded-for": forwarded },
      });
      const { ipAddress } = JSON.parse(body).data.loginAnonymous.session;
      expect(ipAddress).toMatch(/^[\d.]{7,15}$|^[\da-f:]{2,39}$/);
    });
  });

  it("no body of the Realm protocol is an internal error", async () => {
    const app = "/api/client/v2.0/app/passerby";
    const routes: [string, string][] = [
      ["POST", `${app}/auth/providers/anon-user/login`],
      ["POST", `${app}/auth/providers/local-userpass/login`],
      ["POST", `${app}/auth/providers/custom-token/login?link=true`],
      ["POST", `${app}/auth/providers/local-userpass/register`],
      ["POST", `${app}/auth/providers/local-userpass/confirm`],
      ["POST", `${app}/auth/providers/local-userpass/reset`],
      ["POST", `${app}/auth/providers/local-userpass/reset/send`],
      ["POST", `${app}/functions/call`],
      ["GET", `${app}/location`],
      ["GET", `${app}/functions/call?baas_request=e30&baas_at=x`],
      ["POST", "/api/client/v2.0/auth/session"],
      ["DELETE", "/api/client/v2.0/auth/session"],
      ["GET", "/api/client/v2.0/auth/profile"],
      ["POST", "/api/client/v2.0/auth/api_keys"],
    ];
    const bodies = [
      '{"username":"ada@example.com","password":"correct horse","options":{"device":{"deviceId":"x","platform":"node"}}}',
      '{"email":"ada@example.com","password":"correct horse"}',
      '{"token":"a.b.c"}',
      '{"tokenId":"x","token":"y","password":"z"}',
      '{"name":"f","arguments":[{"$numberInt":"1"}]}',
      "{}",
    ];
    const input = fc.record({
      route: fc.constantFrom(...routes),
      extra: mutated(["", "?x=1"]),
      body: mutated(bodies),
      signedIn: fc.boolean(),
    });
    await fuzz(input, async ({ route: [method, path], extra, body, signedIn }) => {
      await target.expectRejectedOrAnswered({
        method,
        path: path + extra,
        body,
        headers: signedIn ? { authorization: `Bearer ${token}` } : {},
      });
    });
  });

  it("no settings of a provider are an internal error", async () => {
    const names = [
      "local-userpass",
      "custom-token",
      "custom-function",
      "oauth2-google",
      "oauth2-apple",
      "my-oidc",
    ];
    const settings = [
      '{"issuer":"https://issuer.example","algorithms":["RS256"],"publicKey":"-----BEGIN PUBLIC KEY-----\\nMFkw\\n-----END PUBLIC KEY-----"}',
      '{"url":"https://example.com/f","secret":"whsec_AAAA","allowPrivateAddresses":true}',
      '{"clientIds":["a"],"clientSecret":"b","redirectUris":["https://a.example/cb"],"scopes":["openid"]}',
      '{"confirmation":"email","confirmUrl":"https://app.example.com","minPasswordLength":6}',
      '{"profileClaims":{"user_data.name":"name"},"audience":["one"],"jwksUrl":"https://a.example/jwks"}',
    ];
    const input = fc.record({
      name: mutated(names),
      type: fc.option(fc.constantFrom("oidc", "custom-token")),
      settings: mutated(settings),
    });
    await fuzz(input, async ({ name, type, settings }) => {
      const query =
        "mutation ($i: SaveProviderInput!) { saveProvider(input: $i) { baseVersion } discardDraft }";
      const body = `{"query":${JSON.stringify(query)},"variables":{"i":{"name":${JSON.stringify(name)},"enabled":true${type ? `,"type":"${type}"` : ""},"settings":${settings}}}}`;
      await target.expectRejectedOrAnswered({
        path: "/admin/graphql",
        body,
        headers: { authorization: "Bearer test-admin-key-0123456789-0123456789" },
      });
    });
  });
});
