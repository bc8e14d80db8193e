/** The protocol over the wire, route by route: statuses, bodies and headers are exact, since SDKs take them literally. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { decodeJwt } from "jose";
import { type Route, routes } from "../../src/realm/routes.ts";
import { answerJson, type Endpoint, startEndpoint } from "../support/endpoint.ts";
import {
  codeOf,
  countRows,
  createDatabase,
  databases,
  deployProvider,
  type Gateway,
  loginAnonymously as loginAtGraph,
  me,
  refresh as refreshAtGraph,
  startGateway,
} from "../support/gateway.ts";
import { type MailServer, pages, startMailServer, tokenOf } from "../support/mail-server.ts";
import { APP, AUTH, type Reply, send } from "../support/realm.ts";

const PASSWORD = "v3ry-s3cret";
const USERPASS = `${APP}/auth/providers/local-userpass`;

/** Nothing is there, not even a content type: clients parse whatever has one. */
function expectEmpty(reply: Reply, status: number): void {
  expect([reply.status, reply.text, reply.headers.get("content-type")]).toEqual([status, "", null]);
}
function expectRejection(reply: Reply, status: number, fields: object): void {
  expect([reply.status, reply.headers.get("content-type")]).toEqual([status, "application/json"]);
  expect(reply.json).toMatchObject({ link: expect.stringMatching(/\/logs\?co_id=[\w-]+/), ...fields });
  expect(reply.text).not.toMatch(/node_modules|\.[jt]s:\d+|SELECT|UPDATE/);
}
const pathOf = ({ path }: Route): string =>
  `/api/client/v2.0${path}`
    .replace(":appId", "passerby")
    .replace(":provider", "local-userpass")
    .replace(":id", "0".repeat(24));

describe.each(databases)("on %s", (databaseName) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let mailServer: MailServer;
  let endpoint: Endpoint;
  let count = 0;

  beforeAll(async () => {
    [database, mailServer, endpoint] = await Promise.all([
      createDatabase(databaseName),
      startMailServer(),
      startEndpoint(answerJson({ subject: "ada" })),
    ]);
    gateway = await startGateway({
      url: database.url,
      settings: { INITIAL_PROVIDERS: "anon-user,local-userpass,api-key", ...mailServer.settings },
    });
    await deployProvider(gateway, "custom-function", true, {
      url: `http://127.0.0.1:${endpoint.port}/who`,
      secret: `whsec_${randomBytes(24).toString("base64")}`,
      allowPrivateAddresses: true,
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await Promise.all([database.drop(), mailServer.down(), endpoint.stop()]);
  });

  const ask = (method: string, path: string, options?: Parameters<typeof send>[3]): Promise<Reply> =>
    send(gateway, method, path, options);
  const newEmail = (): string => `jian-${++count}@example.com`;
  async function logIn(body?: unknown, provider = "anon-user"): Promise<Reply["json"]> {
    const reply = await ask("POST", `${APP}/auth/providers/${provider}/login`, { body });
    expect([reply.status, reply.text]).toEqual([200, expect.any(String)]);
    return reply.json;
  }
  async function register(email = newEmail()): Promise<{ username: string; password: string }> {
    expectEmpty(await ask("POST", `${USERPASS}/register`, { body: { email, password: PASSWORD } }), 201);
    return { username: email, password: PASSWORD };
  }

  it("answers the location with the address that the client used, while PUBLIC_URL is this machine's", async () => {
    const reply = await ask("GET", `${APP}/location`);
    expect([reply.status, reply.headers.get("content-type")]).toEqual([200, "application/json"]);
    expect(reply.json).toEqual({
      deployment_model: "GLOBAL",
      location: "US-VA",
      hostname: gateway.url,
      ws_hostname: gateway.url.replace("http", "ws"),
    });
    expect(reply.headers.get("cache-control")).toBe("no-store");
  });

  it("logs in without a body, with a device id of the client's or a new one", async () => {
    const given = "65f1a0c2b4d8e9f012345678";
    const fresh = await logIn();
    expect(Object.keys(fresh).sort()).toEqual(["access_token", "device_id", "refresh_token", "user_id"]);
    expect(fresh.device_id).toMatch(/^[0-9a-f]{24}$/);
    const deviceId = (value: unknown) => ({ options: { device: { deviceId: value } } });
    expect((await logIn(deviceId({ $oid: given }))).device_id).toBe(given);
    for (const none of ["0".repeat(24), "not hexadecimal", "", 7, null, { $oid: given.slice(1) }]) {
      const { device_id } = await logIn(typeof none === "object" ? {} : deviceId(none));
      expect(device_id).toMatch(/^[0-9a-f]{24}$/);
      expect(device_id).not.toBe("0".repeat(24));
    }
    for (const hostile of [{ toString: 1 }, { toString: "x", valueOf: 3 }, [[]], { $oid: given, more: 1 }]) {
      const reply = await send(gateway, "POST", `${APP}/auth/providers/anon-user/login`, {
        body: deviceId(hostile),
      });
      expect([reply.status, reply.json?.device_id]).toEqual([200, expect.stringMatching(/^[0-9a-f]{24}$/)]);
    }
  });

  it("gives tokens that SDKs can take apart", async () => {
    const { access_token, refresh_token, user_id, device_id } = await logIn();
    const access = decodeJwt(access_token);
    expect(access).toMatchObject({ typ: "access", sub: user_id, baas_device_id: device_id });
    expect(Number(access.exp) - Number(access.iat)).toBe(1_800);
    const refresh = decodeJwt(refresh_token);
    expect(refresh).toMatchObject({
      typ: "refresh",
      sub: user_id,
      baas_id: access.sid,
      baas_device_id: device_id,
    });
    expect(Number(refresh.exp) - Number(refresh.iat)).toBe(90 * 86_400);
  });

  it("refreshes with the same device, and never with a new refresh token", async () => {
    const { refresh_token, device_id } = await logIn();
    const reply = await ask("POST", `${AUTH}/session`, { token: refresh_token });
    expect([reply.status, reply.headers.get("content-type")]).toEqual([201, "application/json"]);
    expect(Object.keys(reply.json)).toEqual(["access_token"]);
    expect(decodeJwt(reply.json.access_token).baas_device_id).toBe(device_id);
  });

  it("answers the profile with every identity and what providers said", async () => {
    const guest = await logIn();
    const credentials = await register();
    const linked = await ask("POST", `${USERPASS}/login?link=true`, {
      token: guest.access_token,
      body: credentials,
    });
    expect(linked.status).toBe(200);
    expect(linked.json).toEqual({
      user_id: guest.user_id,
      access_token: expect.any(String),
      device_id: guest.device_id,
    });
    const { json } = await ask("GET", `${AUTH}/profile`, { token: linked.json.access_token });
    expect(json).toEqual({
      user_id: guest.user_id,
      domain_id: "passerby",
      type: "normal",
      identities: [
        { id: expect.any(String), provider_type: "anon-user", provider_data: {} },
        {
          id: expect.any(String),
          provider_type: "local-userpass",
          provider_data: { email: credentials.username },
        },
      ],
      data: { email: credentials.username },
    });
  });

  it("calls a server's key a server", async () => {
    const { data } = await gateway.admin('mutation { createServerApiKey(name: "backend") { secret } }');
    const { access_token } = await logIn({ key: data.createServerApiKey.secret }, "api-key");
    expect((await ask("GET", `${AUTH}/profile`, { token: access_token })).json.type).toBe("server");
  });

  it("rejects links that can never be, each with the original's text", async () => {
    const { access_token: token } = await logIn();
    const { access_token: known } = await logIn(await register(), "local-userpass");
    const link = (provider: string, body: object, who = token) =>
      ask("POST", `${APP}/auth/providers/${provider}/login?link=true`, { token: who, body });
    expectRejection(await link("anon-user", {}), 400, {
      error: "linking an anonymous identity is not allowed",
    });
    expectRejection(await link("api-key", { key: "x" }), 400, {
      error: "invalid user link request",
      error_code: "InvalidParameter",
    });
    expectRejection(await link("local-userpass", await register(), known), 409, {
      code: "PROVIDER_ALREADY_LINKED",
    });
  });

  it("takes a link that is asked for twice as one, and never as a login", async () => {
    const guest = await logIn();
    const sessions = await countRows(gateway, "sessions");
    const reply = await ask("POST", `${USERPASS}/login?link=true&link=true`, {
      token: guest.access_token,
      body: await register(),
    });
    expect(reply.json).toMatchObject({ user_id: guest.user_id });
    expect(reply.json).not.toHaveProperty("refresh_token");
    expect(await countRows(gateway, "sessions")).toBe(sessions);
  });

  it("names the ticket of a conflict in the body and in the link, and takes nothing from either user", async () => {
    const credentials = await register();
    await logIn(credentials, "local-userpass");
    const guest = await logIn();
    const before = await countRows(gateway, "identities");
    const reply = await ask("POST", `${USERPASS}/login?link=true`, {
      token: guest.access_token,
      body: credentials,
    });
    expectRejection(reply, 409, {
      error: "a user already exists with the specified provider",
      error_code: "AuthError",
      code: "IDENTITY_IN_USE",
      provider: "local-userpass",
      merge_ticket: expect.stringMatching(/^pbm_/),
      merge_ticket_expires_at: expect.any(String),
    });
    expect(new URL(reply.json.link).searchParams.get("merge_ticket")).toBe(reply.json.merge_ticket);
    expect(await countRows(gateway, "identities")).toBe(before);
  });

  it("gives what an SDK wrote as Extended JSON to the custom function as plain values", async () => {
    const body = {
      name: "ada",
      age: { $numberInt: "7" },
      ratio: { $numberDouble: "0.5" },
      big: { $numberLong: "12" },
      born: { $date: { $numberLong: "1700000000000" } },
      ref: { $oid: "65f1a0c2b4d8e9f012345678" },
      nested: { list: [{ $numberInt: "1" }, null, true] },
      provider: "custom-function",
      options: { device: { sdkVersion: "2.0.1" } },
    };
    await logIn(body, "custom-function");
    expect(JSON.parse(String(endpoint.asked.at(-1)?.body))).toEqual({
      payload: {
        name: "ada",
        age: 7,
        ratio: 0.5,
        big: 12,
        born: "2023-11-14T22:13:20.000Z",
        ref: "65f1a0c2b4d8e9f012345678",
        nested: { list: [1, null, true] },
      },
    });
  });

  it("confirms emails and resets passwords by emails of the gateway, with or without a tokenId", async () => {
    await deployProvider(gateway, "local-userpass", true, { confirmation: "email", ...pages });
    const email = newEmail();
    await register(email);
    const body = { username: email, password: PASSWORD };
    expectRejection(await ask("POST", `${USERPASS}/login`, { body }), 401, {
      error: "unauthorized",
      error_code: "AuthError",
      code: "EMAIL_NOT_CONFIRMED",
    });
    const first = await mailServer.wait(email);
    expect(/https?:\S+/.exec(first.text ?? "")?.[0]).toMatch(/\?token=pbl_[\w-]+&tokenId=\w+/);
    expectEmpty(await ask("POST", `${USERPASS}/confirm/send`, { body: { email } }), 204);
    const token = tokenOf(await mailServer.wait(email, 2));
    expectEmpty(await ask("POST", `${USERPASS}/confirm`, { body: { token, tokenId: "x" } }), 204);
    expectRejection(await ask("POST", `${USERPASS}/confirm`, { body: { token, tokenId: "x" } }), 400, {
      error: "userpass token is expired or invalid",
      error_code: "UserpassTokenInvalid",
    });
    const { refresh_token } = await logIn(body, "local-userpass");

    expectEmpty(await ask("POST", `${USERPASS}/reset/send`, { body: { email } }), 204);
    // The same for an unknown email.
    expectEmpty(await ask("POST", `${USERPASS}/reset/send`, { body: { email: newEmail() } }), 204);
    const reset = { token: tokenOf(await mailServer.wait(email, 3)), tokenId: "x" };
    expectRejection(await ask("POST", `${USERPASS}/reset`, { body: { ...reset, password: "short" } }), 400, {
      code: "WEAK_PASSWORD",
      reason: "LENGTH",
    });
    expectEmpty(
      await ask("POST", `${USERPASS}/reset`, { body: { ...reset, password: "another horse" } }),
      204,
    );
    expectRejection(await ask("POST", `${AUTH}/session`, { token: refresh_token }), 401, {
      error_code: "InvalidSession",
    });
    await logIn({ ...body, password: "another horse" }, "local-userpass");
    expectRejection(await ask("POST", `${USERPASS}/confirm/call`, { body: { email } }), 400, {
      error_code: "BadRequest",
    });
    await deployProvider(gateway, "local-userpass", true, { confirmation: "automatic" });
  });

  it("has no functions for confirmation and reset, and does not reveal which emails are registered", async () => {
    const [known, unknown] = [(await register()).username, newEmail()];
    for (const email of [known, unknown]) {
      expectRejection(await ask("POST", `${USERPASS}/confirm/call`, { body: { email } }), 400, {
        error: `cannot run confirmation for ${email}: automatic confirmation is enabled`,
      });
      const body = { email, password: PASSWORD, arguments: [] };
      expectRejection(await ask("POST", `${USERPASS}/reset/call`, { body }), 400, {
        error_code: "BadRequest",
      });
    }
  });

  it("has neither functions nor data", async () => {
    const { access_token: token } = await logIn();
    const call = (body: object) => ask("POST", `${APP}/functions/call`, { token, body });
    expectRejection(await call({ name: "sum", arguments: [{ $numberInt: "1" }] }), 404, {
      error: "function not found: 'sum'",
      error_code: "FunctionNotFound",
    });
    expectRejection(await call({ name: "find", arguments: [], service: "mongodb-atlas" }), 404, {
      error: "service not found: 'mongodb-atlas'",
      error_code: "ServiceNotFound",
    });
    expectRejection(await ask("GET", `${APP}/functions/call?baas_request=e30=`, { token }), 404, {});
  });

  it("keeps each kind of token to its own door", async () => {
    const { access_token, refresh_token } = await logIn();
    const atGraph = await loginAtGraph(gateway);
    const isExpired = { error_code: "InvalidSession" };
    expectRejection(await ask("GET", `${AUTH}/profile`, { token: refresh_token }), 401, isExpired);
    expectRejection(await ask("POST", `${AUTH}/session`, { token: access_token }), 401, isExpired);
    expectRejection(await ask("POST", `${AUTH}/session`, { token: atGraph.refreshToken }), 401, isExpired);
    expect((await me(gateway, refresh_token)).status).toBe(401);
    expect(codeOf(await refreshAtGraph(gateway, refresh_token))).toBe("UNAUTHENTICATED");
    expect((await ask("GET", `${AUTH}/profile`, { token: atGraph.accessToken })).status).toBe(200);
  });

  it("takes no refresh token that it did not make", async () => {
    const { refresh_token } = await logIn();
    const [header = "", payload = "", signature = ""] = refresh_token.split(".");
    const other = await logIn();
    const [, otherPayload = ""] = other.refresh_token.split(".");
    const none = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url");
    const forged = [
      `${header}.${otherPayload}.${signature}`,
      `${none}.${payload}.${signature}`,
      `${none}.${payload}.`,
      `${header}.${payload}.`,
      `${header}.${payload}`,
      `${header}.${payload}.${signature.slice(0, -4)}`,
      `.${payload}.${signature}`,
      "..",
      "null",
      "x".repeat(8_000),
    ];
    for (const token of forged) {
      expectRejection(await ask("POST", `${AUTH}/session`, { token }), 401, {
        error: expect.stringContaining("failed to find refresh token"),
        error_code: "InvalidSession",
      });
    }
    expect((await ask("POST", `${AUTH}/session`, { token: refresh_token })).status).toBe(201);
  });

  it("answers what happens twice, at the same time or too late", async () => {
    const { access_token, refresh_token } = await logIn();
    const logouts = await Promise.all(
      [1, 2, 3].map(() => ask("DELETE", `${AUTH}/session`, { token: refresh_token })),
    );
    expect(logouts.map(({ status }) => status).sort()).toEqual([204, 401, 401]);
    for (const each of logouts.filter(({ status }) => status === 401)) {
      expect(each.json.error_code).toBe("InvalidSession");
    }
    expectRejection(await ask("DELETE", `${AUTH}/delete`, { token: access_token }), 401, {
      error_code: "InvalidSession",
    });

    const again = await logIn();
    const deletions = await Promise.all(
      [1, 2].map(() => ask("DELETE", `${AUTH}/delete`, { token: again.access_token })),
    );
    expect(deletions.map(({ status }) => status).sort()).toEqual([204, 401]);
    expectRejection(await ask("DELETE", `${AUTH}/session`, { token: again.refresh_token }), 401, {
      error: expect.stringContaining("failed to find refresh token"),
    });
  });

  it("shows and changes no other user's API keys, and none of a guest's", async () => {
    const [mine, other, guest] = [
      await logIn(await register(), "local-userpass"),
      await logIn(await register(), "local-userpass"),
      await logIn(),
    ];
    const created = await ask("POST", `${AUTH}/api_keys`, {
      token: mine.refresh_token,
      body: { name: "robot" },
    });
    expect(created.status).toBe(201);
    expect(Object.keys(created.json).sort()).toEqual(["_id", "disabled", "key", "name"]);
    const key = `${AUTH}/api_keys/${created.json._id}`;
    for (const [method, path] of [
      ["GET", key],
      ["DELETE", key],
      ["PUT", `${key}/enable`],
      ["PUT", `${key}/disable`],
    ] as const) {
      expectRejection(await ask(method, path, { token: other.refresh_token }), 404, {
        error_code: "APIKeyNotFound",
      });
    }
    expect((await ask("GET", `${AUTH}/api_keys`, { token: other.refresh_token })).json).toEqual([]);
    expectRejection(
      await ask("POST", `${AUTH}/api_keys`, { token: guest.refresh_token, body: { name: "robot" } }),
      403,
      {
        code: "FORBIDDEN",
      },
    );
    expectRejection(await ask("POST", `${AUTH}/api_keys`, { token: mine.refresh_token, body: {} }), 400, {
      error: "'name' is a required string",
    });
    expectEmpty(await ask("PUT", `${key}/disable`, { token: mine.refresh_token }), 204);
    expectEmpty(await ask("PUT", `${key}/enable`, { token: mine.refresh_token }), 204);
    expectEmpty(await ask("DELETE", key, { token: mine.refresh_token }), 204);
  });
});

describe("whatever comes", () => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;

  beforeAll(async () => {
    database = await createDatabase("sqlite");
    gateway = await startGateway({
      url: database.url,
      settings: { RATE_LIMITS: "anonymousLogins=3/3600", APP_ID: "myapp-abcde" },
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });
  const app = "/api/client/v2.0/app/myapp-abcde";
  const userpass = `${app}/auth/providers/local-userpass`;
  const ask = (method: string, path: string, options?: Parameters<typeof send>[3]): Promise<Reply> =>
    send(gateway, method, path, options);

  const guarded = routes.filter(({ access }) => access !== "public");
  it.each(guarded.map((route) => [route.method, route.path, route] as const))(
    "%s %s is not answered without a good token",
    async (method, _path, route) => {
      const path = pathOf(route).replace("/app/passerby", "/app/myapp-abcde");
      for (const authorization of [
        undefined,
        "Bearer null",
        "Bearer undefined",
        "Bearer ",
        "Basic eDp5",
        "Bearer a.b.c",
        "Bearer pbk_x",
      ]) {
        const reply = await ask(method, path, {
          headers: authorization === undefined ? {} : { authorization },
        });
        expectRejection(reply, 401, { error_code: "InvalidSession" });
        // Such a text alone makes clients refresh, whatever the code.
        expect(reply.json.error).not.toBe("unauthorized");
      }
    },
  );

  it("knows one app", async () => {
    for (const { method, path } of routes.filter((route) => route.path.startsWith("/app/"))) {
      const reply = await ask(method, pathOf({ path } as Route));
      expect([reply.status, reply.headers.get("content-type")]).toEqual([404, "application/json"]);
      expect(reply.json.error).toBe("cannot find app using Client App ID 'passerby'");
      expect(reply.json.error_code).toBeUndefined();
    }
    expect((await ask("GET", `${app}/location`)).status).toBe(200);
  });

  it.each([
    ["no JSON", "{", 400],
    ["a list", "[]", 400],
    ["a text", '"x"', 400],
    ["null", "null", 400],
    ["no text where a text belongs", { username: { $numberInt: "7" }, password: [] }, 400],
    ["a missing field", { username: "a@example.com" }, 400],
    ["an EJSON date that is none", { username: "a@example.com", password: { $date: {} } }, 400],
    ["an EJSON number that is none", { username: "a@example.com", password: { $numberDecimal: "x" } }, 400],
    ["nesting without end", `{"a":${"[".repeat(200_000)}`, 400],
    ["deep nesting", `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`, 400],
    ["fields of every object", { __proto__: null, toString: 1, constructor: 2 }, 400],
    ["prototype pollution", '{"__proto__":{"username":"a@example.com","password":"v3ry-s3cret"}}', 400],
    ["NUL in a text", { username: "a\0@example.com", password: PASSWORD }, 401],
    ["a huge body", { username: "x".repeat(2_000_000), password: PASSWORD }, 413],
  ])("answers %s clearly", async (_, body, status) => {
    const reply = await ask("POST", `${userpass}/login`, { body });
    expectRejection(reply, status, { error: expect.any(String) });
    expect(({} as { username?: string }).username).toBeUndefined();
  });

  it("takes JSON only, with or without a charset", async () => {
    const body = JSON.stringify({ email: "c@example.com", password: PASSWORD });
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/xml"]) {
      expectRejection(
        await ask("POST", `${userpass}/register`, { body, headers: { "content-type": type } }),
        415,
        {},
      );
    }
    const headers = { "content-type": "application/json;charset=utf-8" };
    expectEmpty(await ask("POST", `${userpass}/register`, { body, headers }), 201);
    // Native SDKs send the type with everything, also where there is nothing.
    const reply = await ask("DELETE", `${AUTH}/session`, { headers });
    expectRejection(reply, 401, { error_code: "InvalidSession" });
  });

  it("says which methods a path has, and that there is nothing elsewhere", async () => {
    const reply = await ask("PUT", `${AUTH}/session`);
    expectRejection(reply, 405, { error_code: "BadRequest" });
    expect(reply.headers.get("allow")).toBe("POST, DELETE");
    expectRejection(await ask("GET", `${userpass}/login`), 405, {});
    expectRejection(await ask("GET", `${app}/push/providers`), 404, {});
    expectRejection(await ask("GET", "/api/client/v2.0/"), 404, {});
    expectRejection(await ask("POST", `${app}/auth/providers/oauth2-unknown/login`, { body: {} }), 404, {
      error_code: "AuthProviderNotFound",
    });
    expectRejection(await ask("POST", `${app}/auth/providers/oauth2-google/login`, { body: {} }), 403, {
      code: "PROVIDER_DISABLED",
    });
  });

  it("does not mind slashes", async () => {
    for (const path of [
      `/${app}/location`,
      `///${app}/location`,
      app.replaceAll("/", "//").concat("/location"),
    ]) {
      expect((await ask("GET", path)).status).toBe(200);
    }
  });

  it("lets pages on this machine ask for everything, and no others", async () => {
    const preflight = async (origin: string, path = `${AUTH}/session`) => {
      const { headers } = await ask("OPTIONS", path, {
        headers: {
          origin,
          "access-control-request-method": "DELETE",
          "access-control-request-headers": "authorization,content-type,accept",
        },
      });
      return ["origin", "methods", "headers"].map((name) => headers.get(`access-control-allow-${name}`));
    };
    const allowed = ["http://localhost:5173", "GET, POST, PUT, DELETE", "authorization,content-type,accept"];
    expect(await preflight("http://localhost:5173")).toEqual(allowed);
    expect(await preflight("http://localhost:5173", `/${AUTH}/session`)).toEqual(allowed);
    expect((await preflight("https://evil.example"))[0]).toBeNull();
    expect((await preflight("http://localhost:5173", "/graphql"))[1]).toBe("GET, POST");
  });

  it("limits what the graph limits, and says for how long", async () => {
    const replies = [];
    for (let i = 0; i < 5; i++) replies.push(await ask("POST", `${app}/auth/providers/anon-user/login`));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429]);
    const last = replies.at(-1) as Reply;
    expectRejection(last, 429, { error_code: "RateLimited", code: "RATE_LIMITED" });
    expect(Number(last.headers.get("retry-after"))).toBeGreaterThan(3_000);

    const statuses = [];
    for (let i = 0; i < 12; i++) {
      const body = { username: "unknown@example.com", password: "wrong horse" };
      statuses.push((await ask("POST", `${userpass}/login`, { body })).status);
    }
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429]);
  });

  it("leads from an error to the request's id, and shows nothing else", async () => {
    const { json } = await ask("GET", `${AUTH}/profile`);
    const { pathname, search } = new URL(json.link);
    const { status, json: page } = await ask("GET", pathname + search);
    expect([status, page.co_id]).toEqual([200, new URL(json.link).searchParams.get("co_id")]);
    expect((await ask("GET", `${pathname}?co_id=<script>`)).json.co_id).toBeNull();
  });
});

it("answers the location with PUBLIC_URL where that is not this machine's", async () => {
  const database = await createDatabase("sqlite");
  const gateway = await startGateway({
    url: database.url,
    settings: { PUBLIC_URL: "https://id.example.com" },
  });
  const { json } = await send(gateway, "GET", `${APP}/location`, {
    headers: { "x-forwarded-host": "evil.example" },
  });
  expect(json).toMatchObject({ hostname: "https://id.example.com", ws_hostname: "wss://id.example.com" });
  await gateway.stop();
  await database.drop();
});

it("answers unexpected errors with one text, whose id is in the log", async () => {
  const database = await createDatabase("sqlite");
  const lines: string[] = [];
  const { pino } = await import("pino");
  const gateway = await startGateway({
    url: database.url,
    log: pino({ level: "error" }, { write: (line) => lines.push(line) }),
  });
  await gateway.app.database.writes.transaction((manager) =>
    manager.query("DROP TABLE password_credentials"),
  );
  const reply = await send(gateway, "POST", `${USERPASS}/login`, {
    body: { username: "a@example.com", password: PASSWORD },
  });
  expectRejection(reply, 500, { error_code: "InternalServerError", code: "INTERNAL_SERVER_ERROR" });
  expect(reply.text).not.toContain("password_credentials");
  const id = new URL(reply.json.link).searchParams.get("co_id");
  expect(lines.map((line) => JSON.parse(line).reqId)).toContain(id);
  // The text says to quote it.
  expect(reply.json.errorId).toBe(id);
  await gateway.stop();
  await database.drop();
});
