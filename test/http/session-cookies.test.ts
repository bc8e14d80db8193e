/** Cookie sessions over HTTP: the refresh token is in a cookie that scripts cannot read, and only pages of the operator's choice use it. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { readSettings, type SettingsError } from "../../src/settings/settings.ts";
import {
  type Answer,
  codeOf,
  countRows,
  createDatabase,
  databases,
  type Gateway,
  startGateway,
} from "../support/gateway.ts";

const APP = "https://app.example.com";
const COOKIE = "__Host-passerby_refresh";
const PAYLOAD = "user { id isAnonymous } session { id } accessToken refreshToken refreshTokenExpiresAt";
const REFRESH = `mutation { refreshSession { ${PAYLOAD} } }`;
const LOGIN = `mutation { loginAnonymous { ${PAYLOAD} } }`;
const ninetyDays = 90 * 86_400;

const settings = {
  SESSION_COOKIES: "on",
  PUBLIC_URL: "https://id.example.com",
  CORS_ORIGINS: `${APP},https://*.app.example.com`,
};
const fromApp = { origin: APP, "passerby-session": "cookie" };

/** fetch would send the text `undefined`. */
const withoutUndefined = (headers: object): object =>
  Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));

const cookieOf = (answer: Answer): string | null => answer.headers.getSetCookie()[0] ?? null;
/** The cookie as the browser would send it next. */
const sentBack = (answer: Answer): string => (cookieOf(answer) ?? "").split(";")[0] ?? "";

describe.each(databases)("on %s", (name) => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let gateway: Gateway;
  beforeAll(async () => {
    database = await createDatabase(name);
    gateway = await startGateway({ url: database.url, settings });
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });

  const send = (
    query: string,
    {
      cookie,
      token,
      variables,
      ...headers
    }: Record<string, unknown> & { token?: string; variables?: object } = {},
  ): Promise<Answer> =>
    gateway.graph(query, {
      token,
      variables: variables ?? {},
      headers: withoutUndefined({ ...fromApp, cookie, ...headers }),
    });
  const logIn = async () => {
    const answer = await send(LOGIN);
    const { user, accessToken, session } = answer.data.loginAnonymous;
    return { id: user.id, sessionId: session.id, token: accessToken, cookie: sentBack(answer), answer };
  };
  const register = async (email: string): Promise<object> => {
    const emailPassword = { email, password: "correct horse" };
    await gateway.graph(
      "mutation ($e: String!, $p: String!) { registerEmailPassword(email: $e, password: $p) { email } }",
      {
        variables: { e: email, p: emailPassword.password },
      },
    );
    return { c: { emailPassword } };
  };
  const refreshError = async (cookie: string): Promise<string | undefined> =>
    codeOf(await send(REFRESH, { cookie }));

  it("a login sets a cookie that scripts cannot read, outlives the browser, and is all that has the token", async () => {
    const { answer } = await logIn();
    expect(cookieOf(answer)).toMatch(
      new RegExp(`^${COOKIE}=pbr_[\\w-]+; Max-Age=${ninetyDays}; Path=/; HttpOnly; Secure; SameSite=Lax$`),
    );
    expect(answer.data.loginAnonymous.refreshToken).toBeNull();
    expect(JSON.stringify(answer.data)).not.toContain("pbr_");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("access-control-allow-origin")).toBe(APP);
    expect(answer.headers.get("access-control-allow-credentials")).toBe("true");
  });

  it("a refresh without an argument reads the cookie and replaces it", async () => {
    const { id, cookie } = await logIn();
    const first = await send(REFRESH, { cookie });
    expect(first.data.refreshSession).toMatchObject({ user: { id }, refreshToken: null });
    expect(sentBack(first)).not.toBe(cookie);
    const second = await send(REFRESH, { cookie: sentBack(first) });
    expect(second.data.refreshSession.user.id).toBe(id);
  });

  it("a session that was in the page's storage moves into the cookie by its next refresh", async () => {
    const { data } = await gateway.graph(LOGIN);
    const { user, refreshToken } = data.loginAnonymous;
    const moved = await send(`mutation ($t: String) { refreshSession(refreshToken: $t) { ${PAYLOAD} } }`, {
      variables: { t: refreshToken },
    });
    expect(moved.data.refreshSession).toMatchObject({ user: { id: user.id }, refreshToken: null });
    const next = await send(REFRESH, { cookie: sentBack(moved) });
    expect(next.data.refreshSession.user.id).toBe(user.id);
  });

  it("a link, a login and a merge set the cookie, and a conflict leaves it", async () => {
    const guest = await logIn();
    const variables = await register("ada@example.com");
    const link = `mutation ($c: Credentials!) { linkIdentity(credentials: $c) { __typename
      ... on AuthPayload { ${PAYLOAD} } ... on IdentityConflict { mergeTicket } } }`;
    const linked = await send(link, { token: guest.token, cookie: guest.cookie, variables });
    expect(linked.data.linkIdentity).toMatchObject({
      user: { id: guest.id, isAnonymous: false },
      refreshToken: null,
    });
    expect(cookieOf(linked)).toMatch(/Max-Age=5184000;/);
    expect((await send(REFRESH, { cookie: sentBack(linked) })).data.refreshSession.user.id).toBe(guest.id);

    const other = await logIn();
    const conflict = await send(link, { token: other.token, cookie: other.cookie, variables });
    expect(cookieOf(conflict)).toBeNull();
    const { mergeTicket } = conflict.data.linkIdentity;
    const merged = await send(`mutation ($t: String!) { mergeUser(ticket: $t) { ${PAYLOAD} } }`, {
      ...{ token: other.token, cookie: other.cookie, variables: { t: mergeTicket } },
    });
    expect(merged.data.mergeUser).toMatchObject({ user: { id: guest.id }, refreshToken: null });
    expect((await send(REFRESH, { cookie: sentBack(merged) })).data.refreshSession.user.id).toBe(guest.id);

    const login = `mutation ($c: Credentials!) { login(credentials: $c) { ${PAYLOAD} } }`;
    const loggedIn = await send(login, { variables });
    expect(loggedIn.data.login).toMatchObject({ user: { id: guest.id }, refreshToken: null });
    expect(sentBack(loggedIn)).toMatch(/=pbr_/);
  });

  it.each([
    ["logout", "mutation { logout { sessionsEnded } }"],
    ["logout from every device", "mutation { logout(scope: ALL) { sessionsEnded } }"],
    ["deleting oneself", "mutation { deleteMe { deletedUserId } }"],
  ])("%s deletes the cookie, and its token is worth nothing", async (_, query) => {
    const { token, cookie } = await logIn();
    const answer = await send(query, { token, cookie });
    expect(cookieOf(answer)).toBe(`${COOKIE}=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax`);
    expect(await refreshError(cookie)).toMatch(/SESSION_REVOKED|UNAUTHENTICATED/);
  });

  it("ending the own session by its id deletes the cookie; ending others does not", async () => {
    const { token, cookie, sessionId } = await logIn();
    const others = await send("mutation { logout(scope: OTHERS) { sessionsEnded } }", { token, cookie });
    expect(cookieOf(others)).toBeNull();
    const own = await send("mutation ($id: ID!) { endSession(sessionId: $id) { sessionsEnded } }", {
      ...{ token, cookie, variables: { id: sessionId } },
    });
    expect(cookieOf(own)).toMatch(/Max-Age=0/);
  });

  it("a logout of one session leaves the cookie of another", async () => {
    const [first, second] = [await logIn(), await logIn()];
    const answer = await send("mutation { logout { sessionsEnded } }", {
      token: first.token,
      cookie: second.cookie,
    });
    expect(answer.data.logout.sessionsEnded).toBe(1);
    expect(cookieOf(answer)).toBeNull();
    expect(await refreshError(second.cookie)).toBeUndefined();
  });

  it("a logout and a login in one document leave the new session", async () => {
    const { token, cookie } = await logIn();
    const answer = await send(`mutation { logout { sessionsEnded } loginAnonymous { ${PAYLOAD} } }`, {
      token,
      cookie,
    });
    expect(answer.headers.getSetCookie()).toHaveLength(1);
    expect(await refreshError(sentBack(answer))).toBeUndefined();
  });

  it("a refresh that fails deletes a dead cookie, but not that of a disabled user", async () => {
    const ended = await logIn();
    await gateway.graph("mutation { logout { sessionsEnded } }", { token: ended.token });
    const dead = await send(REFRESH, { cookie: ended.cookie });
    expect(codeOf(dead)).toBe("SESSION_REVOKED");
    expect(cookieOf(dead)).toMatch(/Max-Age=0/);

    const disabled = await logIn();
    const change = (mutation: string) =>
      gateway.admin(`mutation ($id: ID!) { ${mutation}(id: $id) { disabled } }`, {
        variables: { id: disabled.id },
      });
    expect((await change("disableUser")).data.disableUser.disabled).toBe(true);
    const waiting = await send(REFRESH, { cookie: disabled.cookie });
    expect([codeOf(waiting), cookieOf(waiting)]).toEqual(["USER_DISABLED", null]);
    await change("enableUser");
    expect(await refreshError(disabled.cookie)).toBeUndefined();
  });

  it("a refresh that fails by its argument leaves the cookie", async () => {
    const { cookie } = await logIn();
    const answer = await send(`mutation { refreshSession(refreshToken: "pbr_x") { ${PAYLOAD} } }`, {
      cookie,
    });
    expect([codeOf(answer), cookieOf(answer)]).toEqual(["UNAUTHENTICATED", null]);
    expect(await refreshError(cookie)).toBeUndefined();
  });

  it("a second login in one request fails before it creates anything", async () => {
    const before = await countRows(gateway, "users");
    const answer = await send(
      `mutation { a: loginAnonymous { ${PAYLOAD} } b: loginAnonymous { ${PAYLOAD} } }`,
    );
    expect(codeOf(answer)).toBe("BAD_USER_INPUT");
    expect(answer.errors?.[0]?.message).toMatch(/once/);
    expect(await countRows(gateway, "users")).toBe(before + 1);
    expect(await refreshError(sentBack(answer))).toBeUndefined();
  });

  it("a request without the header gets tokens as before, and its cookie is not read", async () => {
    const { cookie } = await logIn();
    const plain = await gateway.graph(REFRESH, { headers: { origin: APP, cookie } });
    expect([codeOf(plain), cookieOf(plain)]).toEqual(["BAD_USER_INPUT", null]);
    expect(plain.errors?.[0]?.message).toMatch(/Passerby-Session: cookie/);
    const login = await gateway.graph(LOGIN, { headers: { origin: APP, cookie } });
    expect(login.data.loginAnonymous.refreshToken).toMatch(/^pbr_/);
    expect(cookieOf(login)).toBeNull();
  });

  it("a form cannot use the cookie", async () => {
    const { cookie } = await logIn();
    const response = await fetch(`${gateway.url}/graphql`, {
      method: "POST",
      headers: {
        cookie,
        origin: "https://evil.example",
        "content-type": "application/x-www-form-urlencoded",
      },
      body: new URLSearchParams({ query: REFRESH }),
    });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(await refreshError(cookie)).toBeUndefined();
  });

  it.each([
    ["a page of the gateway", { origin: "https://id.example.com" }],
    ["a page of a listed origin", { origin: "https://a.app.example.com", "sec-fetch-site": "same-site" }],
    [
      "a page whose origin forwards this path",
      { origin: "https://shop.example", "sec-fetch-site": "same-origin" },
    ],
    ["a server, which sends no origin", { origin: undefined }],
  ])("%s may use it", async (_, headers) => {
    const { cookie } = await logIn();
    expect((await send(REFRESH, { cookie, ...headers })).errors).toBeUndefined();
  });

  it.each([
    ["another origin", { origin: "https://evil.example" }],
    ["another subdomain", { origin: "https://blog.example.com", "sec-fetch-site": "same-site" }],
    ["http where the gateway has https", { origin: "http://id.example.com" }],
    ["another port", { origin: "https://id.example.com:8443" }],
    ["a sandboxed page", { origin: "null" }],
    ["an origin that begins like a listed one", { origin: `${APP}.evil.example` }],
    ["no origin, but another site", { origin: undefined, "sec-fetch-site": "cross-site" }],
    ["a listed origin on another site, whose browser would not store it", { "sec-fetch-site": "cross-site" }],
  ])("%s may not: nothing happens", async (_, headers) => {
    const { cookie } = await logIn();
    const sessions = await countRows(gateway, "sessions");
    for (const query of [REFRESH, LOGIN]) {
      const answer = await send(query, { cookie, ...headers });
      expect([answer.status, codeOf(answer), cookieOf(answer)]).toEqual([403, "FORBIDDEN", null]);
    }
    expect(await countRows(gateway, "sessions")).toBe(sessions);
    expect(await refreshError(cookie)).toBeUndefined();
  });

  it("a preflight of an origin that is not listed is not answered with permission", async () => {
    const ask = (origin: string, path = "/graphql"): Promise<Response> =>
      fetch(`${gateway.url}${path}`, {
        method: "OPTIONS",
        headers: {
          origin,
          "access-control-request-method": "POST",
          "access-control-request-headers": "content-type,passerby-session",
        },
      });
    const allowed = await ask(APP);
    expect(allowed.headers.get("access-control-allow-origin")).toBe(APP);
    expect(allowed.headers.get("access-control-allow-credentials")).toBe("true");
    expect(allowed.headers.get("access-control-allow-headers")).toMatch(/passerby-session/);
    expect((await ask("https://evil.example")).headers.get("access-control-allow-origin")).toBeNull();
    expect((await ask(APP, "/admin/graphql")).headers.get("access-control-allow-credentials")).toBeNull();
  });

  it("cookies that are malformed, huge or doubled get an error that says what to do", async () => {
    const { cookie } = await logIn();
    const malformed = await send(REFRESH, { cookie: `${COOKIE}=%E0%A4%A` });
    expect([codeOf(malformed), cookieOf(malformed)]).toEqual([
      "UNAUTHENTICATED",
      expect.stringMatching(/Max-Age=0/),
    ]);
    const huge = await send(REFRESH, { cookie: `${COOKIE}=pbr_${"A".repeat(12_000)}` });
    expect([codeOf(huge), cookieOf(huge)]).toEqual(["UNAUTHENTICATED", expect.stringMatching(/Max-Age=0/)]);
    const doubled = await send(REFRESH, { cookie: `${cookie}; ${COOKIE}=pbr_x` });
    expect(codeOf(doubled)).toBe("BAD_USER_INPUT");
    expect(doubled.errors?.[0]?.message).toMatch(/more than one cookie.*Log in again/);
    expect((await send(REFRESH, { cookie: `theme=dark; ${cookie}; ${cookie}` })).errors).toBeUndefined();
    const none = await send(REFRESH, { cookie: "theme=dark" });
    expect([codeOf(none), none.errors?.[0]?.message]).toEqual([
      "UNAUTHENTICATED",
      expect.stringMatching(/no session/),
    ]);
  });

  it.each(["cookies", "", "cookie, cookie", "storage"])("Passerby-Session: %j is an error", async (value) => {
    const answer = await send(LOGIN, { "passerby-session": value });
    expect([answer.status, codeOf(answer)]).toEqual([400, "BAD_USER_INPUT"]);
    expect(answer.errors?.[0]?.message).toMatch(/must be `cookie`/);
  });
});

describe("the name and attributes of the cookie", () => {
  it.each([
    [
      { PUBLIC_URL: "http://localhost:4000" },
      /^passerby_refresh=pbr_[^;]+; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/,
    ],
    [
      { PUBLIC_URL: "https://id.example.com/auth", COOKIE_DOMAIN: ".Example.com" },
      /^__Secure-passerby_refresh=pbr_[^;]+; Max-Age=\d+; Domain=example\.com; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    ],
  ])("with %j", async (given, pattern) => {
    const database = await createDatabase("sqlite");
    const gateway = await startGateway({ url: database.url, settings: { SESSION_COOKIES: "on", ...given } });
    const answer = await gateway.graph(LOGIN, { headers: { "passerby-session": "cookie" } });
    expect(cookieOf(answer)).toMatch(pattern);
    const doubled = await gateway.graph(REFRESH, {
      headers: { "passerby-session": "cookie", cookie: `${sentBack(answer)}; ${sentBack(answer)}x` },
    });
    const deleted = doubled.headers.getSetCookie().map((each) => /Domain=([^;]+)/.exec(each)?.[1]);
    expect(deleted).toEqual(
      "COOKIE_DOMAIN" in given ? [undefined, "id.example.com", "example.com"] : [undefined],
    );
    await gateway.stop();
    await database.drop();
  });

  it("without SESSION_COOKIES the header is an error that names the setting", async () => {
    const database = await createDatabase("sqlite");
    const gateway = await startGateway({ url: database.url });
    const answer = await gateway.graph(LOGIN, { headers: { "passerby-session": "cookie" } });
    expect([answer.status, codeOf(answer)]).toEqual([400, "BAD_USER_INPUT"]);
    expect(answer.errors?.[0]?.message).toMatch(/SESSION_COOKIES=on/);
    expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
    expect(await countRows(gateway, "users")).toBe(0);
    await gateway.stop();
    await database.drop();
  });
});

describe("settings that would give sessions away do not start", () => {
  const problemsOf = (given: Record<string, string>): readonly string[] => {
    try {
      readSettings({ SESSION_COOKIES: "on", PUBLIC_URL: "https://id.example.com", ...given });
      return [];
    } catch (error) {
      return (error as SettingsError).problems;
    }
  };
  it.each<[Record<string, string>, RegExp]>([
    [{ CORS_ORIGINS: "*" }, /^CORS_ORIGINS must list .* with SESSION_COOKIES=on: with \* every website/],
    [{ PUBLIC_URL: "http://id.example.com" }, /^PUBLIC_URL must begin with https/],
    [{ COOKIE_DOMAIN: "other.example" }, /^COOKIE_DOMAIN must be id\.example\.com or a domain above it/],
    [{ COOKIE_DOMAIN: "d.example.com" }, /^COOKIE_DOMAIN must be id\.example\.com/],
    [{ COOKIE_DOMAIN: "com" }, /^COOKIE_DOMAIN must be a domain such as example\.com/],
    [{ COOKIE_DOMAIN: "https://example.com" }, /^COOKIE_DOMAIN must be a domain/],
    [{ COOKIE_DOMAIN: "192.0.2.7", PUBLIC_URL: "https://192.0.2.7" }, /^COOKIE_DOMAIN must be a domain/],
    [{ COOKIE_DOMAIN: "example.com", SESSION_COOKIES: "off" }, /^COOKIE_DOMAIN has no effect/],
    [{ SESSION_COOKIES: "yes" }, /^SESSION_COOKIES must be on or off/],
  ])("%j", (given, sentence) => expect(problemsOf(given)).toEqual([expect.stringMatching(sentence)]));

  it.each<Record<string, string>>([
    {},
    { PUBLIC_URL: "http://127.0.0.1:4000" },
    { COOKIE_DOMAIN: "example.com" },
    { COOKIE_DOMAIN: "id.example.com" },
    { COOKIE_DOMAIN: "bücher.example", PUBLIC_URL: "https://id.bücher.example" },
    { CORS_ORIGINS: "*", SESSION_COOKIES: "off" },
  ])("but %j does", (given) => expect(problemsOf(given)).toEqual([]));
});
