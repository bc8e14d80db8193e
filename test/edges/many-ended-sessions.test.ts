/** However many sessions of one user end, the list of revoked sessions stays complete, and rejects those and no others. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { decodeJwt } from "jose";
import { createRevokedSessions } from "../../src/identity/revocation/revoked-sessions.ts";
import { AccessTokenError, createVerifier, type Verifier } from "../../src/subgraph/index.ts";
import { createKey, createOwner, loginWithKey } from "../support/api-keys.ts";
import {
  createDatabase,
  databases,
  type Gateway,
  loginAnonymously,
  me,
  mergeUser,
  startGateway,
} from "../support/gateway.ts";
import { deployIssuer, type Issuer } from "../support/issuer.ts";
import { createServiceKey, hashOf, LIST_PATH } from "../support/revocation.ts";

const hashOfId = (id: string): string => createHash("sha256").update(id).digest("base64url").slice(0, 11);
/** Sessions younger than this may yet be joined by others of a gateway whose clock is late. */
const CLOCKS_SECONDS = 120;

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let issuer: Issuer;
  let serviceKey: string;
  beforeAll(async () => {
    database = await createDatabase(name);
    gateway = await startGateway({
      url: database.url,
      settings: { INITIAL_PROVIDERS: "anon-user,local-userpass,api-key" },
    });
    issuer = await deployIssuer(gateway);
    serviceKey = (await createServiceKey(gateway)).secret;
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });

  interface Tokens {
    readonly accessToken: string;
    readonly user: { readonly id: string };
  }
  const logIn = async (subject: string, times: number): Promise<Tokens[]> => {
    const tokens: Tokens[] = [];
    for (let index = 0; index < times; index++) {
      tokens.push((await issuer.login(subject)).data.login);
      gateway.clock.advance({ seconds: 1 });
    }
    return tokens;
  };
  const logOut = (token: string, scope = "ALL") =>
    gateway.graph(`mutation { logout(scope: ${scope}) { sessionsEnded } }`, { token });
  const readList = async (maxListed: number) => {
    const { jwt } = await createRevokedSessions({ ...gateway.app.services, maxListed }).read();
    return {
      jwt,
      claims: decodeJwt(jwt) as {
        complete: boolean;
        sessions: string[];
        users?: [string, number][];
        completeWithUsers?: boolean;
      },
    };
  };
  const consumer = (jwt: string, asked: string[] = [], key?: string): Verifier =>
    createVerifier({
      issuer: "http://localhost:4000",
      gatewayUrl: gateway.url,
      clock: gateway.clock.now,
      revocation: "list",
      ...(key && { serviceKey: key }),
      async fetch(url, init) {
        asked.push(new URL(url).pathname);
        return url.endsWith(LIST_PATH) ? new Response(jwt) : fetch(url, init);
      },
    });
  const outcome = (verify: Verifier, token: string): Promise<string> =>
    verify(token).then(
      () => "accepted",
      (error: unknown) => (error instanceof AccessTokenError ? error.code : String(error)),
    );
  /** So that what the test before ended is on no list. */
  const startAnew = (): void => gateway.clock.advance({ minutes: 60 });

  it("few are listed one by one, as they always were", async () => {
    startAnew();
    const tokens = await logIn("few", 5);
    await logOut(String(tokens[0]?.accessToken));
    gateway.clock.advance({ seconds: CLOCKS_SECONDS });
    const { claims } = await readList(5);
    expect(claims).not.toHaveProperty("users");
    expect(claims.complete).toBe(true);
    expect(claims.sessions.toSorted()).toEqual(
      tokens.map(({ accessToken }) => hashOf(accessToken)).toSorted(),
    );
  });

  it("many of one user are one entry, and a session that begins afterwards is accepted, without a service key", async () => {
    startAnew();
    const tokens = await logIn("many", 8);
    const [first] = tokens as [Tokens];
    const other = (await issuer.login("other")).data.login.accessToken;
    gateway.clock.advance({ seconds: CLOCKS_SECONDS });
    await logOut(first.accessToken);
    const again = (await issuer.login("many")).data.login.accessToken;

    const { jwt, claims } = await readList(5);
    expect(claims.users).toEqual([[hashOfId(first.user.id), expect.any(Number)]]);
    expect(claims).toMatchObject({ sessions: [], completeWithUsers: true });
    const asked: string[] = [];
    const verify = consumer(jwt, asked);
    for (const { accessToken } of tokens) expect(await outcome(verify, accessToken)).toBe("TOKEN_REVOKED");
    for (const token of [again, other]) expect(await outcome(verify, token)).toBe("accepted");
    expect(asked).not.toContain("/oauth2/introspect");
  });

  it("a consumer that does not know such entries is told that the list is not complete", async () => {
    const { claims } = await readList(5);
    expect(claims.complete).toBe(false);
  });

  it("an older session that is live keeps those after it from being put together", async () => {
    startAnew();
    const [old, ...young] = (await logIn("mixed", 9)) as [Tokens, ...Tokens[]];
    gateway.clock.advance({ seconds: CLOCKS_SECONDS });
    await logOut(old.accessToken, "OTHERS");
    const { jwt, claims } = await readList(5);
    expect(claims).not.toHaveProperty("users");
    expect(claims).toMatchObject({ complete: false });
    const verify = consumer(jwt, [], serviceKey);
    expect(await outcome(verify, old.accessToken)).toBe("accepted");
    for (const { accessToken } of young) expect(await outcome(verify, accessToken)).toBe("TOKEN_REVOKED");
  });

  it("of a user whose oldest end first, the live ones are accepted, those of the same second too", async () => {
    startAnew();
    const ended = await logIn("oldest", 7);
    const [live, ...alsoEnded] = (await Promise.all([1, 2, 3].map(() => issuer.login("oldest")))).map(
      ({ data }) => data.login as Tokens,
    ) as [Tokens, ...Tokens[]];
    gateway.clock.advance({ seconds: CLOCKS_SECONDS });
    await logOut(live.accessToken, "OTHERS");
    const { jwt, claims } = await readList(5);
    expect(claims.users).toHaveLength(1);
    expect(claims.sessions.toSorted()).toEqual(
      alsoEnded.map(({ accessToken }) => hashOf(accessToken)).toSorted(),
    );
    const verify = consumer(jwt);
    expect(await outcome(verify, live.accessToken)).toBe("accepted");
    for (const { accessToken } of [...ended, ...alsoEnded]) {
      expect(await outcome(verify, accessToken)).toBe("TOKEN_REVOKED");
    }
  });

  it("sessions that have just begun are listed one by one: another gateway's clock may be late", async () => {
    startAnew();
    const tokens = await logIn("young", 6);
    await logOut(String(tokens[0]?.accessToken));
    const { claims } = await readList(6);
    expect(claims.sessions).toHaveLength(6);
    expect((await readList(5)).claims).toMatchObject({ complete: false });
    expect((await readList(5)).claims).not.toHaveProperty("users");
  });

  it("those of deleted and of disabled users are put together too", async () => {
    startAnew();
    const [deleted, disabled] = [await logIn("deleted", 6), await logIn("disabled", 6)];
    const other = (await issuer.login("other")).data.login.accessToken;
    gateway.clock.advance({ seconds: CLOCKS_SECONDS });
    const admin = (mutation: string, [token]: Tokens[]) =>
      gateway.admin(`mutation ($id: ID!) { ${mutation} }`, { variables: { id: token?.user.id } });
    await admin("deleteUser(id: $id)", deleted);
    await admin("disableUser(id: $id) { id }", disabled);
    const { jwt, claims } = await readList(5);
    expect(claims.users).toHaveLength(2);
    expect(claims).toMatchObject({ sessions: [], completeWithUsers: true });
    const verify = consumer(jwt);
    for (const { accessToken } of [...deleted, ...disabled]) {
      expect(await outcome(verify, accessToken)).toBe("TOKEN_REVOKED");
    }
    expect(await outcome(verify, other)).toBe("accepted");
    await admin("enableUser(id: $id) { id }", disabled);
    const later = consumer((await readList(5)).jwt);
    expect(await outcome(later, String(disabled[0]?.accessToken))).toBe("accepted");
    expect(await outcome(later, String(deleted[0]?.accessToken))).toBe("TOKEN_REVOKED");
  });

  it("tokens of a merged guest, which name the guest, are rejected as well", async () => {
    startAnew();
    const tokens = await logIn("survivor", 6);
    const guest = await loginAnonymously(gateway);
    const { data } = await issuer.link(guest.accessToken, "survivor");
    gateway.clock.advance({ seconds: CLOCKS_SECONDS });
    const merged = await mergeUser(gateway, guest.accessToken, data.linkIdentity.mergeTicket);
    await logOut(merged.data.mergeUser.accessToken);
    const { jwt, claims } = await readList(5);
    expect(claims.users?.map(([hash]) => hash).toSorted()).toEqual(
      [hashOfId(guest.id), hashOfId(String(tokens[0]?.user.id))].toSorted(),
    );
    const verify = consumer(jwt);
    for (const token of [
      guest.accessToken,
      merged.data.mergeUser.accessToken,
      ...tokens.map((each) => each.accessToken),
    ]) {
      expect(await outcome(verify, token)).toBe("TOKEN_REVOKED");
    }
  });

  it("a survivor that is deleted takes no token of its guests out of the list", async () => {
    startAnew();
    const [survivor] = (await logIn("gone", 1)) as [Tokens];
    const guest = await loginAnonymously(gateway);
    const { data } = await issuer.link(guest.accessToken, "gone");
    await mergeUser(gateway, guest.accessToken, data.linkIdentity.mergeTicket);
    const more = await logIn("gone", 5);
    gateway.clock.advance({ seconds: CLOCKS_SECONDS });
    await gateway.admin("mutation ($id: ID!) { deleteUser(id: $id) }", {
      variables: { id: survivor.user.id },
    });
    const { jwt, claims } = await readList(50);
    expect(claims.complete).toBe(true);
    const verify = consumer(jwt);
    for (const { accessToken } of [survivor, guest, ...more]) {
      expect(await outcome(verify, accessToken)).toBe("TOKEN_REVOKED");
    }
    const short = await readList(3);
    expect(short.claims).toMatchObject({ complete: false });
    expect(short.claims).not.toHaveProperty("users");
  });

  it("the same list keeps its ETag while nothing else ends", async () => {
    startAnew();
    const [first] = (await logIn("calm", 8)) as [Tokens];
    gateway.clock.advance({ seconds: CLOCKS_SECONDS });
    await logOut(first.accessToken);
    const list = createRevokedSessions({ ...gateway.app.services, maxListed: 5 });
    gateway.clock.advance({ seconds: 60 - (Math.floor(+gateway.clock.now() / 1_000) % 60) });
    const { etag } = await list.read();
    gateway.clock.advance({ seconds: 50 });
    expect((await list.read()).etag).toBe(etag);
  });

  it("an attacker who logs in with one key again and again ends no service of others", async () => {
    startAnew();
    const owner = await createOwner(gateway);
    const { secret } = (await createKey(gateway, owner.token)).data.createApiKey;
    const tokens: string[] = [];
    for (let index = 0; index < 60; index++)
      tokens.push((await loginWithKey(gateway, secret)).data.login.accessToken);
    const other = await loginAnonymously(gateway);
    gateway.clock.advance({ seconds: CLOCKS_SECONDS });
    await logOut(owner.token);
    const { jwt, claims } = await readList(40);
    expect(claims.completeWithUsers).toBe(true);
    const verify = consumer(jwt);
    expect(await outcome(verify, String(tokens[0]))).toBe("TOKEN_REVOKED");
    expect(await outcome(verify, String(tokens.at(-1)))).toBe("TOKEN_REVOKED");
    expect(await outcome(verify, other.accessToken)).toBe("accepted");
    expect((await me(gateway, other.accessToken)).errors).toBeUndefined();
  });
});
