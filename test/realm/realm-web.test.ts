/** An app on the Realm SDK, unmodified, against a gateway: what it does, and which requests that takes. */

import { createRequire } from "node:module";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { SignJWT } from "jose";
import type { App, MongoDBRealmError, User } from "realm-web";
import {
  countRows,
  createDatabase,
  databases,
  deployProvider,
  type Gateway,
  me,
  mergeUser,
  startGateway,
} from "../support/gateway.ts";
import { type ClientVersion, clients, openApp, watchRequests } from "../support/realm.ts";

const { Credentials } = clients["2.0.1"];
const PASSWORD = "v3ry-s3cret";
const SECRET = "shared-secret-0123456789-0123456789";

describe.each(databases)("realm-web 2.0.1 on %s", (databaseName) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let sent: string[];
  let app: App;
  let count = 0;

  beforeAll(async () => {
    database = await createDatabase(databaseName);
    gateway = await startGateway({
      url: database.url,
      settings: { INITIAL_PROVIDERS: "anon-user,local-userpass,api-key" },
    });
    await deployProvider(gateway, "custom-token", true, {
      issuer: "https://issuer.example.com",
      algorithms: ["HS256"],
      secret: SECRET,
      profileClaims: { name: "name" },
    });
    sent = watchRequests(gateway);
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });
  beforeEach(() => {
    app = openApp(gateway);
    sent.length = 0;
  });

  const signToken = (subject: string, secret = SECRET): Promise<string> =>
    new SignJWT({ name: "Dinesh" })
      .setProtectedHeader({ alg: "HS256" })
      .setIssuer("https://issuer.example.com")
      .setSubject(subject)
      .setExpirationTime(gateway.clock.now().getTime() / 1_000 + 3_600)
      .sign(new TextEncoder().encode(secret));
  const newEmail = (): string => `dinesh-${++count}@example.com`;
  async function registerUser(email = newEmail()): Promise<string> {
    await app.emailPasswordAuth.registerUser({ email, password: PASSWORD });
    return email;
  }
  /** A user who has logged in before, in another app instance. */
  async function createAccount(): Promise<string> {
    const email = await registerUser();
    await app.logIn(Credentials.emailPassword(email, PASSWORD));
    app = openApp(gateway);
    sent.length = 0;
    return email;
  }
  const rejectionOf = (attempt: Promise<unknown>): Promise<MongoDBRealmError> =>
    attempt.then(
      () => {
        throw new Error("It was not rejected.");
      },
      (error: MongoDBRealmError) => error,
    );

  it("logs a visitor in, whose tokens the graph takes too", async () => {
    const user = await app.logIn(Credentials.anonymous());
    expect(sent).toEqual(["POST /auth/providers/anon-user/login 200", "GET /auth/profile 200"]);
    expect(user.state).toBe("active");
    expect(user.isLoggedIn).toBe(true);
    expect(user.profile).toEqual({});
    expect(user.identities).toEqual([{ id: expect.any(String), providerType: "anon-user" }]);
    expect(user.customData).toEqual({});
    expect(user.deviceId).toMatch(/^[0-9a-f]{24}$/);
    const { data } = await me(gateway, String(user.accessToken));
    expect(data.me).toMatchObject({ id: user.id, isAnonymous: true });
  });

  it("keeps its device id from one login to the next", async () => {
    const first = await app.logIn(Credentials.anonymous(false));
    const { deviceId } = first;
    const second = await app.logIn(Credentials.anonymous(false));
    expect(second.id).not.toBe(first.id);
    expect(second.deviceId).toBe(deviceId);
  });

  it("reuses the anonymous user that the client has, and makes a new one where the app wants one", async () => {
    const user = await app.logIn(Credentials.anonymous());
    const before = await countRows(gateway, "users");
    expect(await app.logIn(Credentials.anonymous())).toBe(user);
    expect(await countRows(gateway, "users")).toBe(before);
    const other = await app.logIn(Credentials.anonymous(false));
    expect(other.id).not.toBe(user.id);
    expect(await countRows(gateway, "users")).toBe(before + 1);
  });

  it("links a registered email: same id, same refresh token, the anonymous identity first", async () => {
    const user = await app.logIn(Credentials.anonymous());
    const { id, refreshToken } = user;
    const email = await registerUser();
    sent.length = 0;
    await user.linkCredentials(Credentials.emailPassword(email, PASSWORD));
    expect(sent).toEqual([
      "POST /auth/providers/local-userpass/login?link=true 200",
      "GET /auth/profile 200",
    ]);
    expect([user.id, user.refreshToken]).toEqual([id, refreshToken]);
    expect(user.identities.map(({ providerType }) => providerType)).toEqual(["anon-user", "local-userpass"]);
    expect(user.profile.email).toBe(email);
    await user.refreshAccessToken();
    app = openApp(gateway);
    expect((await app.logIn(Credentials.emailPassword(email, PASSWORD))).id).toBe(id);
  });

  it("is told once of a conflict, and where to go from there", async () => {
    const email = await createAccount();
    const user = await app.logIn(Credentials.anonymous());
    sent.length = 0;
    const error = await rejectionOf(user.linkCredentials(Credentials.emailPassword(email, PASSWORD)));
    expect(sent).toEqual(["POST /auth/providers/local-userpass/login?link=true 409"]);
    expect(error).toMatchObject({
      statusCode: 409,
      errorCode: "AuthError",
      error: "a user already exists with the specified provider",
      link: expect.stringContaining("logs?co_id="),
    });
    expect(user.isLoggedIn).toBe(true);

    const ticket = String(new URL(String(error.link)).searchParams.get("merge_ticket"));
    const merged = await mergeUser(gateway, String(user.accessToken), ticket);
    const guest = user.id;
    await app.removeUser(user);
    const survivor = await app.logIn(Credentials.emailPassword(email, PASSWORD));
    expect(merged.data.mergeUser.user).toMatchObject({ id: survivor.id, formerIds: [guest] });
    expect(survivor.identities.map(({ providerType }) => providerType)).toEqual([
      "anon-user",
      "local-userpass",
    ]);
  });

  it("is told once of a wrong password, in a login and in a link", async () => {
    const email = await createAccount();
    const login = await rejectionOf(app.logIn(Credentials.emailPassword(email, "wrong horse")));
    expect(login).toMatchObject({ statusCode: 401, error: "unauthorized", errorCode: "InvalidPassword" });
    expect(sent).toEqual(["POST /auth/providers/local-userpass/login 401"]);
    const user = await app.logIn(Credentials.anonymous());
    sent.length = 0;
    const link = await rejectionOf(user.linkCredentials(Credentials.emailPassword(email, "wrong horse")));
    expect(link).toMatchObject({ statusCode: 403, errorCode: "InvalidPassword" });
    expect(sent).toEqual(["POST /auth/providers/local-userpass/login?link=true 403"]);
    expect(user.isLoggedIn).toBe(true);
  });

  it("is told once that a step needs a recent login, and may take it after one", async () => {
    const email = await createAccount();
    const user = await app.logIn(Credentials.emailPassword(email, PASSWORD));
    const jwt = Credentials.jwt(await signToken(email));
    gateway.clock.advance({ minutes: 16 });
    sent.length = 0;
    expect((await rejectionOf(user.linkCredentials(jwt))).statusCode).toBe(403);
    expect((await rejectionOf(app.deleteUser(user))).statusCode).toBe(403);
    expect((await rejectionOf(user.apiKeys.create("robot"))).statusCode).toBe(403);
    expect(sent).toEqual([
      "POST /auth/providers/custom-token/login?link=true 403",
      "DELETE /auth/delete 403",
      "POST /auth/api_keys 403",
    ]);
    expect(await app.logIn(Credentials.emailPassword(email, PASSWORD))).toBe(user);
    await user.linkCredentials(jwt);
    expect(user.identities.map(({ providerType }) => providerType)).toEqual([
      "local-userpass",
      "custom-token",
    ]);
  });

  it("heals an access token that expired with one refresh, and keeps its refresh token", async () => {
    const user = await app.logIn(Credentials.anonymous());
    const { accessToken, refreshToken } = user;
    gateway.clock.advance({ minutes: 31 });
    sent.length = 0;
    const error = await rejectionOf(user.functions.callFunction("translate", "hello"));
    expect(error).toMatchObject({
      statusCode: 404,
      errorCode: "FunctionNotFound",
      error: "function not found: 'translate'",
    });
    expect(sent).toEqual(["POST /functions/call 401", "POST /auth/session 201", "POST /functions/call 404"]);
    expect(user.accessToken).not.toBe(accessToken);
    expect(user.refreshToken).toBe(refreshToken);
    await user.refreshAccessToken();
    await user.refreshAccessToken();
    expect((await me(gateway, String(user.accessToken))).data.me.id).toBe(user.id);
  });

  it("is logged out when its session was ended elsewhere", async () => {
    const user = await app.logIn(Credentials.anonymous());
    await gateway.graph("mutation { logout(scope: ALL) { sessionsEnded } }", {
      token: String(user.accessToken),
    });
    sent.length = 0;
    await rejectionOf(user.functions.callFunction("translate"));
    expect(sent).toEqual(["POST /functions/call 401", "POST /auth/session 401"]);
    expect(user.isLoggedIn).toBe(false);
  });

  it("is logged out, and not in a loop, when its user is disabled", async () => {
    const email = await createAccount();
    const user = await app.logIn(Credentials.emailPassword(email, PASSWORD));
    await gateway.admin(`mutation { disableUser(id: "${user.id}") { id } }`);
    sent.length = 0;
    await rejectionOf(user.functions.callFunction("translate"));
    expect(sent).toEqual(["POST /functions/call 401", "POST /auth/session 401"]);
    expect(user.isLoggedIn).toBe(false);
    const error = await rejectionOf(app.logIn(Credentials.emailPassword(email, PASSWORD)));
    expect(error).toMatchObject({ errorCode: "UserDisabled" });
  });

  it("ends when it said at the login, however often it was refreshed, or with its anonymous user", async () => {
    const email = await createAccount();
    const [known, guest] = [
      await app.logIn(Credentials.emailPassword(email, PASSWORD)),
      await app.logIn(Credentials.anonymous(false)),
    ];
    gateway.clock.advance({ days: 59 });
    await known.refreshAccessToken();
    gateway.clock.advance({ days: 2 });
    expect((await rejectionOf(known.refreshAccessToken())).errorCode).toBe("InvalidSession");
    await guest.refreshAccessToken();
    gateway.clock.advance({ days: 30 });
    expect((await rejectionOf(guest.refreshAccessToken())).errorCode).toBe("InvalidSession");
    expect([known.isLoggedIn, guest.isLoggedIn]).toEqual([false, false]);
  });

  it("logs out at the gateway, so that neither token is good afterwards", async () => {
    const user = await app.logIn(Credentials.anonymous());
    const { accessToken, refreshToken } = user;
    sent.length = 0;
    await user.logOut();
    expect(sent).toEqual(["DELETE /auth/session 204"]);
    expect([user.isLoggedIn, user.state]).toEqual([false, "logged-out"]);
    expect((await me(gateway, String(accessToken))).status).toBe(401);
    const again = await fetch(`${gateway.url}/api/client/v2.0/auth/session`, {
      method: "POST",
      headers: { authorization: `Bearer ${refreshToken}` },
    });
    expect(again.status).toBe(401);
  });

  it("answers a client that has no token any more without a loop, and lets it in anew", async () => {
    const user = await app.logIn(Credentials.anonymous());
    await user.logOut();
    sent.length = 0;
    // The SDK reuses the user that it has just logged out: a fault of its own.
    await rejectionOf(app.logIn(Credentials.anonymous()));
    expect(sent).toEqual(["GET /auth/profile 401", "POST /auth/session 401"]);
    await app.removeUser(user);
    expect((await app.logIn(Credentials.anonymous())).id).not.toBe(user.id);
  });

  it("logs out without complaint where the session is gone already", async () => {
    const user = await app.logIn(Credentials.anonymous());
    await gateway.admin(`mutation { revokeSessions(userId: "${user.id}") }`);
    await user.logOut();
    expect(user.isLoggedIn).toBe(false);
  });

  it("deletes the user, who cannot come back", async () => {
    const email = await createAccount();
    const user = await app.logIn(Credentials.emailPassword(email, PASSWORD));
    sent.length = 0;
    await app.deleteUser(user);
    expect(sent).toEqual(["DELETE /auth/delete 204", "DELETE /auth/session 401"]);
    expect(await countRows(gateway, "users", `id = '${user.id}'`)).toBe(0);
    expect(app.allUsers[user.id]).toBeUndefined();
    const error = await rejectionOf(app.logIn(Credentials.emailPassword(email, PASSWORD)));
    expect(error).toMatchObject({ statusCode: 401, error: "unauthorized" });
  });

  it("makes, lists, switches, uses and deletes API keys", async () => {
    const user = await app.logIn(Credentials.emailPassword(await registerUser(), PASSWORD));
    const { _id, key, ...created } = await user.apiKeys.create("robot-1");
    expect(created).toEqual({ name: "robot-1", disabled: false });
    expect(_id).toMatch(/^[0-9a-f]{24}$/);
    expect(await user.apiKeys.fetchAll()).toEqual([{ _id, name: "robot-1", disabled: false }]);
    expect(await user.apiKeys.fetch(_id)).toEqual({ _id, name: "robot-1", disabled: false });
    const program = openApp(gateway);
    expect((await program.logIn(Credentials.apiKey(String(key)))).id).toBe(user.id);

    await user.apiKeys.disable(_id);
    await user.apiKeys.disable(_id);
    expect((await user.apiKeys.fetch(_id)).disabled).toBe(true);
    expect(await rejectionOf(program.logIn(Credentials.apiKey(String(key))))).toMatchObject({
      statusCode: 401,
      errorCode: "AuthError",
      error: "unauthorized",
    });
    await user.apiKeys.enable(_id);
    expect((await user.apiKeys.fetch(_id)).disabled).toBe(false);

    expect(await rejectionOf(user.apiKeys.create("robot-1"))).toMatchObject({
      statusCode: 409,
      errorCode: "APIKeyAlreadyExists",
    });
    expect(await rejectionOf(user.apiKeys.create("a robot"))).toMatchObject({
      statusCode: 400,
      errorCode: "InvalidParameter",
    });
    await user.apiKeys.delete(_id);
    expect(await user.apiKeys.fetchAll()).toEqual([]);
    expect(await rejectionOf(user.apiKeys.fetch(_id))).toMatchObject({
      statusCode: 404,
      errorCode: "APIKeyNotFound",
      error: "API key not found",
    });
    // None of that was a reason to log anybody out.
    expect(user.isLoggedIn).toBe(true);
  });

  it("logs in with tokens of the operator's own issuer", async () => {
    const user = await app.logIn(Credentials.jwt(await signToken("dinesh")));
    expect(user.profile.name).toBe("Dinesh");
    expect(user.identities).toEqual([{ id: "dinesh", providerType: "custom-token" }]);
    const error = await rejectionOf(app.logIn(Credentials.jwt(await signToken("dinesh", `not ${SECRET}`))));
    expect(error).toMatchObject({ statusCode: 401, errorCode: "InvalidSession", error: "unauthorized" });
  });

  it("is told that an app, a provider or a name is not there", async () => {
    const other = new clients["2.0.1"].App({ id: "other-abcde", baseUrl: gateway.url });
    expect(await rejectionOf(other.logIn(Credentials.anonymous()))).toMatchObject({
      statusCode: 404,
      error: "cannot find app using Client App ID 'other-abcde'",
    });
    expect(await rejectionOf(app.logIn(Credentials.function({ name: "x" })))).toMatchObject({
      statusCode: 403,
      errorCode: "AuthProviderNotFound",
    });
    const email = await registerUser();
    expect(
      await rejectionOf(app.emailPasswordAuth.registerUser({ email, password: PASSWORD })),
    ).toMatchObject({
      statusCode: 409,
      errorCode: "AccountNameInUse",
      error: "name already in use",
    });
    const token = { token: "nonsense", tokenId: "nonsense" };
    expect(await rejectionOf(app.emailPasswordAuth.confirmUser(token))).toMatchObject({ statusCode: 400 });
  });

  it("works with a slash at the end of the base URL", async () => {
    const slashed = openApp(gateway, "2.0.1", `${gateway.url}/`);
    expect((await slashed.logIn(Credentials.anonymous())).isLoggedIn).toBe(true);
  });
});

describe.each(["2.0.0", "1.7.1", "1.2.1"] as const)("realm-web %s", (version: ClientVersion) => {
  const { Credentials } = clients[version];
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let sent: string[];
  let app: App;

  beforeAll(async () => {
    database = await createDatabase("sqlite");
    gateway = await startGateway({ url: database.url });
    sent = watchRequests(gateway);
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });
  beforeEach(() => {
    app = openApp(gateway, version);
  });

  /** `registerUser` took its arguments by position before 1.5. */
  const registerUser = (email: string): Promise<void> =>
    version === "1.2.1"
      ? (
          app.emailPasswordAuth as unknown as { registerUser(...given: string[]): Promise<void> }
        ).registerUser(email, PASSWORD)
      : app.emailPasswordAuth.registerUser({ email, password: PASSWORD });

  it("logs in, links and logs out", async () => {
    const user = await app.logIn(Credentials.anonymous());
    const { id } = user;
    await registerUser("a@example.com");
    await user.linkCredentials(Credentials.emailPassword("a@example.com", PASSWORD));
    expect(user.id).toBe(id);
    gateway.clock.advance({ minutes: 31 });
    await user.refreshCustomData();
    const { refreshToken } = user;
    await user.logOut();
    expect(user.isLoggedIn).toBe(false);
    const again = await fetch(`${gateway.url}/api/client/v2.0/auth/session`, {
      method: "POST",
      headers: { authorization: `Bearer ${refreshToken}` },
    });
    expect(again.status).toBe(401);
  });

  it.each([
    ["a conflict", PASSWORD, 409],
    ["a wrong password", "wrong horse", 403],
  ])("is told once of %s", async (_, password, status) => {
    await registerUser("b@example.com").catch(() => undefined);
    const owner: User = await app.logIn(Credentials.emailPassword("b@example.com", PASSWORD));
    const guest = await app.logIn(Credentials.anonymous());
    expect(guest.id).not.toBe(owner.id);
    sent.length = 0;
    await expect(
      guest.linkCredentials(Credentials.emailPassword("b@example.com", password)),
    ).rejects.toMatchObject({ statusCode: status });
    expect(sent).toEqual([`POST /auth/providers/local-userpass/login?link=true ${status}`]);
  });
});

it("tests the clients that are meant", () => {
  const require = createRequire(import.meta.url);
  const versions = ["realm-web", "realm-web-2.0.0", "realm-web-1.7.1", "realm-web-1.2.1"].map(
    (name) => require(`${name}/package.json`).version,
  );
  expect(versions).toEqual(["2.0.1", "2.0.0", "1.7.1", "1.2.1"]);
});
