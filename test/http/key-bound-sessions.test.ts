/** Key-bound sessions (DPoP) over HTTP: a copy of every token is worth nothing without the client's key. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { decodeJwt } from "jose";
import { readSettings } from "../../src/settings/settings.ts";
import { proofCases } from "../../src/testing/proof-cases.ts";
import { createProofKey, signProof } from "../../src/testing/proofs.ts";
import { createKeyClient, GRAPH_URL } from "../support/dpop.ts";
import {
  type Answer,
  codeOf,
  countRows,
  createDatabase,
  databases,
  type Gateway,
  startGateway,
} from "../support/gateway.ts";

const PAYLOAD = "user { id isAnonymous } session { id keyThumbprint } accessToken refreshToken";
const LOGIN = `mutation { loginAnonymous { ${PAYLOAD} } }`;
const REFRESH = `mutation ($t: String) { refreshSession(refreshToken: $t) { ${PAYLOAD} } }`;
const ME = "{ me { id } }";
const LINK = `mutation ($c: Credentials!) { linkIdentity(credentials: $c) {
  ... on AuthPayload { ${PAYLOAD} } ... on IdentityConflict { mergeTicket } } }`;

describe.each(databases)("on %s", (name) => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let gateway: Gateway;
  beforeAll(async () => {
    database = await createDatabase(name);
    gateway = await startGateway({
      url: database.url,
      settings: { INITIAL_PROVIDERS: "anon-user,local-userpass,api-key" },
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });

  const logIn = async (client = createKeyClient(gateway)) => {
    const { data } = await client.graph(LOGIN);
    const { user, session, accessToken, refreshToken } = data.loginAnonymous;
    return { client, id: user.id, session, accessToken, refreshToken };
  };
  const refreshBy = (send: { graph: Gateway["graph"] }, refreshToken: string): Promise<Answer> =>
    send.graph(REFRESH, { variables: { t: refreshToken } });
  const proofFor = (key = createProofKey(), change = {}) =>
    signProof(key, { method: "POST", url: GRAPH_URL, at: gateway.clock.now() }, change);

  it("a login with a proof binds the session: the access token, the session and introspection say so", async () => {
    const { client, session, accessToken } = await logIn();
    const { thumbprint } = client.key;
    expect(decodeJwt(accessToken).cnf).toEqual({ jkt: thumbprint });
    expect(session.keyThumbprint).toBe(thumbprint);
    const me = await client.graph("{ me { sessions { keyThumbprint } } }", { token: accessToken });
    expect(me.data.me.sessions).toEqual([{ keyThumbprint: thumbprint }]);
    const key = await gateway.admin('mutation { createServerApiKey(name: "s") { secret } }');
    const introspection = await fetch(`${gateway.url}/oauth2/introspect`, {
      method: "POST",
      headers: { authorization: `Bearer ${key.data?.createServerApiKey.secret}` },
      body: new URLSearchParams({ token: accessToken }),
    });
    expect(await introspection.json()).toMatchObject({
      active: true,
      token_type: "DPoP",
      cnf: { jkt: thumbprint },
    });
  });

  it("a login without a proof is as before", async () => {
    const { data } = await gateway.graph(LOGIN);
    const { accessToken, session } = data.loginAnonymous;
    expect(decodeJwt(accessToken)).not.toHaveProperty("cnf");
    expect(session.keyThumbprint).toBeNull();
    expect((await gateway.graph(ME, { token: accessToken })).errors).toBeUndefined();
  });

  it("a refresh needs a proof by the same key, and keeps the binding", async () => {
    const { client, id, refreshToken } = await logIn();
    const first = await refreshBy(client, refreshToken);
    expect(first.data.refreshSession).toMatchObject({
      user: { id },
      session: { keyThumbprint: client.key.thumbprint },
    });
    expect(decodeJwt(first.data.refreshSession.accessToken).cnf).toEqual({ jkt: client.key.thumbprint });
    const second = await refreshBy(client, first.data.refreshSession.refreshToken);
    expect(second.data.refreshSession.user.id).toBe(id);
  });

  it("a copied refresh token refreshes 0 of 100 times, and neither ends the session nor rotates it", async () => {
    const { client, refreshToken } = await logIn();
    const { data } = await refreshBy(client, refreshToken);
    const copies = [refreshToken, data.refreshSession.refreshToken];
    const thief = createKeyClient(gateway);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => [
        refreshBy(gateway, String(copies[index % 2])),
        refreshBy(thief, String(copies[index % 2])),
      ]).flat(),
    );
    const codes = answers.map(codeOf);
    expect(codes.filter((code) => code === "DPOP_REQUIRED")).toHaveLength(50);
    expect(codes.filter((code) => code === "INVALID_DPOP_PROOF")).toHaveLength(50);
    expect((await refreshBy(client, data.refreshSession.refreshToken)).errors).toBeUndefined();
  });

  it("reuse of an old refresh token with its key still ends the session", async () => {
    const { client, refreshToken } = await logIn();
    const { data } = await refreshBy(client, refreshToken);
    await refreshBy(client, data.refreshSession.refreshToken);
    expect(codeOf(await refreshBy(client, refreshToken))).toBe("SESSION_REVOKED");
  });

  describe("a request with a bound access token", () => {
    it.each(proofCases.map((each) => [each.name, each] as const))(
      "%s",
      async (_, { expected, isBound, make }) => {
        const client = createKeyClient(gateway);
        const { data } = isBound === false ? await gateway.graph(LOGIN) : await client.graph(LOGIN);
        const { accessToken: token, user } = data.loginAnonymous;
        const present = ({ scheme, proof }: Awaited<ReturnType<typeof make>>) =>
          gateway.graph(ME, {
            headers: { authorization: `${scheme} ${token}`, ...(proof !== null && { dpop: proof }) },
          });
        const presented = await make({
          key: client.key,
          request: { method: "POST", url: GRAPH_URL, token, at: gateway.clock.now() },
          async present(first) {
            expect((await present(first)).data.me.id).toBe(user.id);
          },
        });
        const answer = await present(presented);
        if (expected === "accepted") return expect(answer.data.me.id).toBe(user.id);
        expect(answer.status).toBe(401);
        expect(codeOf(answer)).toMatch(/^(UNAUTHENTICATED|DPOP_REQUIRED|INVALID_DPOP_PROOF)$/);
        expect(answer.data).toBeUndefined();
        // A right request afterwards is answered.
        const right = isBound === false ? gateway.graph(ME, { token }) : client.graph(ME, { token });
        expect((await right).data.me.id).toBe(user.id);
      },
    );
  });

  it("a login with a proof that is not right fails before anything is stored, and says what is wrong", async () => {
    const before = await countRows(gateway, "users");
    for (const [proof, problem] of [
      [
        proofFor(createProofKey(), { claims: { htu: "https://other.example/graphql" } }),
        /`htu` must be http:\/\/localhost:4000\/graphql/,
      ],
      [proofFor(createProofKey(), { claims: { htm: "GET" } }), /`htm` must be POST/],
      [
        proofFor(createProofKey(), { header: { alg: "RS256" } }),
        /`alg` must be one of ES256, Ed25519, EdDSA/,
      ],
      ["", /send one JWT/],
    ] as const) {
      const answer = await gateway.graph(LOGIN, { headers: { dpop: proof } });
      expect([answer.status, codeOf(answer)]).toEqual([401, "INVALID_DPOP_PROOF"]);
      expect(answer.errors?.[0]?.message).toMatch(problem);
      expect(answer.headers.get("www-authenticate")).toBe(
        'DPoP algs="ES256 Ed25519 EdDSA", error="invalid_dpop_proof"',
      );
    }
    expect(await countRows(gateway, "users")).toBe(before);
  });

  it("a device whose clock is wrong is told the gateway's time, and can correct its proofs", async () => {
    const late = proofFor(createProofKey(), { claims: { iat: 1_000_000_000 } });
    const answer = await gateway.graph(LOGIN, { headers: { dpop: late } });
    expect(answer.errors?.[0]?.extensions.serverTime).toBe(Math.floor(+gateway.clock.now() / 1_000));
  });

  it("a proof is used once, for logins too", async () => {
    const dpop = proofFor();
    expect((await gateway.graph(LOGIN, { headers: { dpop } })).errors).toBeUndefined();
    const again = await gateway.graph(LOGIN, { headers: { dpop } });
    expect(codeOf(again)).toBe("INVALID_DPOP_PROOF");
    expect(again.errors?.[0]?.message).toMatch(/used before/);
  });

  it("of 20 simultaneous refreshes with one proof, one is answered, at two gateways together", async () => {
    const other = await startGateway({ url: database.url, clock: gateway.clock });
    const { client, refreshToken } = await logIn();
    const headers = { dpop: proofFor(client.key) };
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 ? gateway : other).graph(REFRESH, { headers, variables: { t: refreshToken } }),
      ),
    );
    expect(answers.filter(({ errors }) => !errors)).toHaveLength(1);
    expect(answers.filter((answer) => codeOf(answer) === "INVALID_DPOP_PROOF")).toHaveLength(19);
    await other.stop();
  });

  it("a replay at another gateway is rejected also for an old token: it cannot end the session", async () => {
    const other = await startGateway({ url: database.url, clock: gateway.clock });
    const { client, refreshToken } = await logIn();
    const headers = { dpop: proofFor(client.key) };
    const first = await gateway.graph(REFRESH, { headers, variables: { t: refreshToken } });
    const second = await refreshBy(client, first.data.refreshSession.refreshToken);
    const replayed = await other.graph(REFRESH, { headers, variables: { t: refreshToken } });
    expect(codeOf(replayed)).toBe("INVALID_DPOP_PROOF");
    const { refreshToken: newest } = second.data.refreshSession;
    expect((await refreshBy(client, newest)).errors).toBeUndefined();
    await other.stop();
  });

  it("proofs that refreshed are deleted once every gateway rejects them for their age", async () => {
    const { purgeExpired } = await import("../../src/identity/users/purge.ts");
    const { client, refreshToken } = await logIn();
    await refreshBy(client, refreshToken);
    expect(await countRows(gateway, "used_proofs")).toBeGreaterThan(0);
    await purgeExpired(gateway.app.services);
    expect(await countRows(gateway, "used_proofs")).toBeGreaterThan(0);
    gateway.clock.advance({ seconds: 180 });
    await purgeExpired(gateway.app.services);
    expect(await countRows(gateway, "used_proofs")).toBe(0);
  });

  it("Ed25519 keys are accepted by both names", async () => {
    const { generateKeyPairSync } = await import("node:crypto");
    const { SignJWT } = await import("jose");
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const jwk = publicKey.export({ format: "jwk" });
    for (const alg of ["EdDSA", "Ed25519"]) {
      const dpop = await new SignJWT({ htm: "POST", htu: GRAPH_URL, jti: crypto.randomUUID() })
        .setProtectedHeader({ typ: "dpop+jwt", alg, jwk })
        .setIssuedAt(gateway.clock.now())
        .sign(privateKey);
      const { data } = await gateway.graph(LOGIN, { headers: { dpop } });
      expect(data.loginAnonymous.session.keyThumbprint).toMatch(/^[\w-]{43}$/);
    }
  });

  it("a link keeps the binding, and a merge binds the new session to the key of its proof", async () => {
    const guest = await logIn();
    const c = { emailPassword: { email: "ada@example.com", password: "correct horse" } };
    const linked = await guest.client.graph(LINK, { token: guest.accessToken, variables: { c } });
    expect(linked.data.linkIdentity).toMatchObject({
      user: { id: guest.id, isAnonymous: false },
      session: { keyThumbprint: guest.client.key.thumbprint },
    });
    const next = linked.data.linkIdentity.refreshToken;
    expect(codeOf(await refreshBy(gateway, next))).toBe("DPOP_REQUIRED");
    expect((await refreshBy(guest.client, next)).errors).toBeUndefined();

    const second = await logIn();
    const conflict = await second.client.graph(LINK, { token: second.accessToken, variables: { c } });
    const merged = await second.client.graph(
      `mutation ($t: String!) { mergeUser(ticket: $t) { ${PAYLOAD} } }`,
      {
        token: second.accessToken,
        variables: { t: conflict.data.linkIdentity.mergeTicket },
      },
    );
    expect(merged.data.mergeUser).toMatchObject({
      user: { id: guest.id },
      session: { keyThumbprint: second.client.key.thumbprint },
    });
  });

  it("a login with a password is bound too", async () => {
    const { accessToken, client } = await logIn();
    const c = { emailPassword: { email: "bob@example.com", password: "correct horse" } };
    await client.graph(LINK, { token: accessToken, variables: { c } });
    const other = createKeyClient(gateway);
    const login = `mutation ($c: Credentials!) { login(credentials: $c) { ${PAYLOAD} } }`;
    const { data } = await other.graph(login, { variables: { c } });
    expect(data.login.session.keyThumbprint).toBe(other.key.thumbprint);
  });

  it("a proof at a refresh or a link of an unbound session does not bind it", async () => {
    const { data } = await gateway.graph(LOGIN);
    const refreshed = await refreshBy(createKeyClient(gateway), data.loginAnonymous.refreshToken);
    expect(refreshed.data.refreshSession.session.keyThumbprint).toBeNull();
    expect((await refreshBy(gateway, refreshed.data.refreshSession.refreshToken)).errors).toBeUndefined();
  });

  it("an idempotency key that was seen gives no session of a client that has a key", async () => {
    const client = createKeyClient(gateway);
    const query = `mutation ($k: String) { loginAnonymous(idempotencyKey: $k) { ${PAYLOAD} } }`;
    const variables = { k: crypto.randomUUID() };
    const [first, again] = [
      await client.graph(query, { variables }),
      await client.graph(query, { variables }),
    ];
    const { id } = first.data.loginAnonymous.user;
    expect(again.data.loginAnonymous.user.id).toBe(id);
    const [bare, other] = [
      await gateway.graph(query, { variables }),
      await createKeyClient(gateway).graph(query, { variables }),
    ];
    expect(bare.data.loginAnonymous.user.id).not.toBe(id);
    expect(other.data.loginAnonymous.user.id).not.toBe(id);
  });

  it("the Realm surface does not accept a bound access token", async () => {
    const { accessToken } = await logIn();
    const response = await fetch(`${gateway.url}/api/client/v2.0/auth/profile`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    expect(response.status).toBe(401);
    const asDpop = await fetch(`${gateway.url}/api/client/v2.0/auth/profile`, {
      headers: { authorization: `DPoP ${accessToken}` },
    });
    expect(asDpop.status).toBe(401);
  });

  it("operators see the binding, and end such a session as any other", async () => {
    const { client, id, accessToken } = await logIn();
    const seen = await gateway.admin(`{ user(id: "${id}") { sessions { keyThumbprint } } }`);
    expect(seen.data.user.sessions).toEqual([{ keyThumbprint: client.key.thumbprint }]);
    await gateway.admin(`mutation { revokeSessions(userId: "${id}") }`);
    expect(codeOf(await client.graph(ME, { token: accessToken }))).toBe("UNAUTHENTICATED");
  });
});

it("a proof for a router's URL is accepted as often as the router sends it, but refreshes once", async () => {
  const database = await createDatabase("sqlite");
  const url = "https://api.example.com/graphql";
  const gateway = await startGateway({ url: database.url, settings: { DPOP_ROUTER_URLS: url } });
  const client = createKeyClient(gateway);
  const { accessToken: token, refreshToken } = (await client.graph(LOGIN)).data.loginAnonymous;
  const request = { method: "POST", url, token, at: gateway.clock.now() };
  const headers = { dpop: signProof(client.key, request), authorization: `DPoP ${token}` };
  for (const answer of [await gateway.graph(ME, { headers }), await gateway.graph(ME, { headers })]) {
    expect(answer.errors).toBeUndefined();
  }
  const { dpop } = headers;
  const variables = { t: refreshToken };
  expect((await gateway.graph(REFRESH, { headers: { dpop }, variables })).errors).toBeUndefined();
  expect(codeOf(await gateway.graph(REFRESH, { headers: { dpop }, variables }))).toBe("INVALID_DPOP_PROOF");
  const elsewhere = signProof(client.key, { ...request, url: `${url}x` });
  const other = await gateway.graph(ME, { headers: { ...headers, dpop: elsewhere } });
  expect(other.errors?.[0]?.message).toMatch(
    /`htu` must be http:\/\/localhost:4000\/graphql or https:\/\/api/,
  );
  await gateway.stop();
  await database.drop();
});

it.each(["ftp://x.example", "https://x.example/?a=1", "x.example"])(
  "DPOP_ROUTER_URLS=%s is rejected",
  (value) => {
    expect(() => readSettings({ DPOP_ROUTER_URLS: value })).toThrow(
      /DPOP_ROUTER_URLS must list http or https URLs/,
    );
  },
);

it("discovery lists the algorithms", async () => {
  const database = await createDatabase("sqlite");
  const gateway = await startGateway({ url: database.url });
  const response = await fetch(`${gateway.url}/.well-known/openid-configuration`);
  expect(await response.json()).toMatchObject({
    dpop_signing_alg_values_supported: ["ES256", "Ed25519", "EdDSA"],
  });
  await gateway.stop();
  await database.drop();
});

describe("REQUIRE_DPOP", () => {
  const c = { emailPassword: { email: "ada@example.com", password: "correct horse" } };
  const login = `mutation ($c: Credentials!) { login(credentials: $c) { ${PAYLOAD} } }`;

  it.each([
    ["off", undefined, undefined],
    ["anonymous", "DPOP_REQUIRED", undefined],
    ["all", "DPOP_REQUIRED", "DPOP_REQUIRED"],
  ])("%s: a guest gets %s, a permanent user %s without a proof", async (required, guest, permanent) => {
    const database = await createDatabase("sqlite");
    const before = await startGateway({ url: database.url });
    const { data } = await before.graph(LOGIN);
    await before.graph(LINK, { token: data.loginAnonymous.accessToken, variables: { c } });
    const older = await before.graph(login, { variables: { c } });
    await before.stop();

    const gateway = await startGateway({ url: database.url, settings: { REQUIRE_DPOP: required } });
    const users = await countRows(gateway, "users");
    const answers = [await gateway.graph(LOGIN), await gateway.graph(login, { variables: { c } })];
    expect(answers.map(codeOf)).toEqual([guest, permanent]);
    const realm = await fetch(`${gateway.url}/api/client/v2.0/app/passerby/auth/providers/anon-user/login`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    expect(realm.status).toBe(guest ? 401 : 200);
    expect(await countRows(gateway, "users")).toBe(users + (guest ? 0 : 2));
    const client = createKeyClient(gateway);
    expect((await client.graph(LOGIN)).errors).toBeUndefined();
    expect((await client.graph(login, { variables: { c } })).errors).toBeUndefined();
    // Sessions of before continue.
    const refreshed = await gateway.graph(REFRESH, { variables: { t: older.data.login.refreshToken } });
    expect(refreshed.errors).toBeUndefined();
    await gateway.stop();
    await database.drop();
  });
});
