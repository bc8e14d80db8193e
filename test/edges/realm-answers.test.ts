/** What the Realm protocol answers where SDKs and apps compare texts, and where an answer would make an SDK loop. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type ErrorCode, errorCatalogue, PasserbyError } from "../../src/errors.ts";
import { realmErrorFor } from "../../src/realm/errors.ts";
import { createDatabase, databases, type Gateway, startGateway } from "../support/gateway.ts";
import { APP, AUTH, type Reply, send } from "../support/realm.ts";

const PASSWORD = "v3ry-s3cret";
const USERPASS = `${APP}/auth/providers/local-userpass`;

describe.each(databases)("on %s", (databaseName) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let count = 0;
  beforeAll(async () => {
    database = await createDatabase(databaseName);
    gateway = await startGateway({
      url: database.url,
      settings: { INITIAL_PROVIDERS: "anon-user,local-userpass,api-key" },
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });
  const ask = (method: string, path: string, options?: Parameters<typeof send>[3]): Promise<Reply> =>
    send(gateway, method, path, options);
  const logIn = async (provider = "anon-user", body?: object): Promise<Reply["json"]> =>
    (await ask("POST", `${APP}/auth/providers/${provider}/login`, { body })).json;
  async function logInPermanently() {
    const email = `gilfoyle-${++count}@example.com`;
    await ask("POST", `${USERPASS}/register`, { body: { email, password: PASSWORD } });
    return logIn("local-userpass", { username: email, password: PASSWORD });
  }
  const shown = ({ status, json }: Reply) => [status, json.error_code, json.error];

  it.each([
    ["confirm", "rubbish", "BadRequest", "invalid token data"],
    ["reset", "rubbish", "BadRequest", "invalid token data"],
    ["confirm", "", "BadRequest", "invalid token data"],
    ["confirm", `pbl_${"x".repeat(44)}`, "BadRequest", "invalid token data"],
    ["confirm", `pbl_${"x".repeat(43)}`, "UserpassTokenInvalid", "userpass token is expired or invalid"],
    ["reset", `pbl_${"x".repeat(43)}`, "UserpassTokenInvalid", "userpass token is expired or invalid"],
  ])("%s with the token %j is %s: %s", async (route, token, code, text) => {
    const body = { token, tokenId: token, password: PASSWORD };
    expect(shown(await ask("POST", `${USERPASS}/${route}`, { body }))).toEqual([400, code, text]);
  });

  it("confirm/call names the email without quotes, and reset/call a missing one", async () => {
    expect(
      shown(await ask("POST", `${USERPASS}/confirm/call`, { body: { email: "a@example.com" } })),
    ).toEqual([
      400,
      "BadRequest",
      "cannot run confirmation for a@example.com: automatic confirmation is enabled",
    ]);
    expect((await ask("POST", `${USERPASS}/reset/call`, { body: {} })).json.error).toBe(
      "'email' is a required string",
    );
  });

  it("an email that is none and a password that is too short have the original's texts", async () => {
    const register = async (email: string, password: string) =>
      shown(await ask("POST", `${USERPASS}/register`, { body: { email, password } }));
    expect(await register("", PASSWORD)).toEqual([400, "BadRequest", "email invalid"]);
    expect(await register("no address", PASSWORD)).toEqual([400, "BadRequest", "email invalid"]);
    const short = "password must be between 8 and 128 characters";
    expect(await register("a@example.com", "1234567")).toEqual([400, "BadRequest", short]);
  });

  it.each([
    ["GET", "/api_keys"],
    ["POST", "/api_keys"],
    ["GET", `/api_keys/${"0".repeat(24)}`],
    ["PUT", `/api_keys/${"0".repeat(24)}/enable`],
    ["PUT", `/api_keys/${"0".repeat(24)}/disable`],
    ["DELETE", `/api_keys/${"0".repeat(24)}`],
  ])("%s %s without a token is `must authenticate first`", async (method, path) => {
    expect(shown(await ask(method, AUTH + path))).toEqual([401, "InvalidSession", "must authenticate first"]);
  });

  it("a dead refresh token is exactly `failed to find refresh token`, whatever killed it", async () => {
    const { refresh_token, access_token } = await logIn();
    const text = [401, "InvalidSession", "invalid session: failed to find refresh token"];
    expect((await ask("DELETE", `${AUTH}/session`, { token: refresh_token })).status).toBe(204);
    for (const token of [refresh_token, access_token, "null", "a.b.c"]) {
      expect(shown(await ask("POST", `${AUTH}/session`, { token }))).toEqual(text);
      expect(shown(await ask("DELETE", `${AUTH}/session`, { token }))).toEqual(text);
    }
  });

  it("an access token that has expired says so, and one that is none does not", async () => {
    const { access_token } = await logIn();
    gateway.clock.advance({ seconds: 1_801 });
    expect(shown(await ask("GET", `${AUTH}/profile`, { token: access_token }))).toEqual([
      401,
      "InvalidSession",
      "invalid session: access token expired",
    ]);
    expect((await ask("GET", `${AUTH}/profile`, { token: "a.b.c" })).json.error).not.toMatch(/expired$/);
  });

  it.each(["PUT", "DELETE"])(
    "%s of a push registration finds no such service, signed in or not",
    async (method) => {
      const path = `${APP}/push/providers/gcm/registration`;
      const { access_token } = await logIn();
      const body = method === "PUT" ? { registrationToken: "x" } : undefined;
      const text = [404, "ServiceNotFound", "service not found: 'gcm'"];
      for (const token of [access_token, "null", undefined]) {
        expect(shown(await ask(method, path, { body, ...(token && { token }) }))).toEqual(text);
      }
    },
  );

  describe("a stream of changes, with its token in the query", () => {
    const encoded = (request: object): string => Buffer.from(JSON.stringify(request)).toString("base64");
    const watch = (
      token: string,
      request = encoded({ name: "watch", arguments: [], service: "mongodb-atlas" }),
    ) =>
      ask("GET", `${APP}/functions/call?${new URLSearchParams({ baas_request: request, baas_at: token })}`);

    it("is no service here, and nothing that an SDK would refresh for", async () => {
      const { access_token, refresh_token } = await logIn();
      const text = [404, "ServiceNotFound", "service not found: 'mongodb-atlas'"];
      expect(shown(await watch(access_token))).toEqual(text);
      for (const request of ["", "%%%", encoded([]), encoded({ service: 7 }), "\ufeff", "[".repeat(5_000)]) {
        expect(shown(await watch(access_token, request))).toEqual(text);
      }
      expect((await watch(access_token, encoded({ service: "my-data" }))).json.error).toMatch(/'my-data'$/);
      expect((await watch(refresh_token)).status).toBe(401);
      for (const token of ["", "null", "a.b.c"]) expect((await watch(token)).status).toBe(401);
    });
    it("is 401 once the session has ended, and the query parameter works on no other route", async () => {
      const { access_token, refresh_token } = await logIn();
      expect((await ask("GET", `${AUTH}/profile?baas_at=${access_token}`)).status).toBe(401);
      await ask("DELETE", `${AUTH}/session`, { token: refresh_token });
      expect(shown(await watch(access_token)).slice(0, 2)).toEqual([401, "InvalidSession"]);
    });
  });

  it("deleting a user with a key's session says that a key never counts", async () => {
    const { refresh_token } = await logInPermanently();
    const { json } = await ask("POST", `${AUTH}/api_keys`, { token: refresh_token, body: { name: "robot" } });
    const robot = await logIn("api-key", { key: json.key });
    const reply = await ask("DELETE", `${AUTH}/delete`, { token: robot.access_token });
    expect([reply.status, reply.json.code]).toEqual([403, "REAUTHENTICATION_REQUIRED"]);
    expect(reply.json.error).toMatch(/API key never counts/);
    expect((await ask("GET", `${AUTH}/profile`, { token: robot.access_token })).status).toBe(200);
  });

  it("an empty body is none, whatever content type it has, and a body of another type is rejected", async () => {
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "application/octet-stream",
      "nonsense",
    ]) {
      const headers = { "content-type": type };
      const path = `${APP}/auth/providers/anon-user/login`;
      expect((await ask("POST", path, { body: "", headers })).status).toBe(200);
      if (type !== "nonsense") expect((await ask("POST", path, { body: "{}", headers })).status).toBe(415);
    }
  });

  it("a byte order mark is passed over, and depth is bounded", async () => {
    const path = `${APP}/auth/providers/anon-user/login`;
    for (const body of ["\ufeff{}", "\ufeff", "\ufeff \n"]) {
      expect((await ask("POST", path, { body })).status).toBe(200);
    }
    const deep = (depth: number): string => `{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`;
    expect((await ask("POST", path, { body: deep(60) })).status).toBe(200);
    expect(shown(await ask("POST", path, { body: deep(70) }))).toEqual([
      400,
      "BadRequest",
      "the body is nested too deep",
    ]);
  });

  it("a provider that is off or unknown is named in this protocol's words", async () => {
    for (const [provider, status] of [
      ["custom-token", 403],
      ["unknown", 404],
    ] as const) {
      const reply = await ask("POST", `${APP}/auth/providers/${provider}/login`, { body: { token: "x" } });
      expect([reply.status, reply.json.error_code]).toEqual([status, "AuthProviderNotFound"]);
      expect(reply.text).not.toContain("authProviders");
    }
  });

  it("no answer with a token may be kept by a cache", async () => {
    const login = await ask("POST", `${APP}/auth/providers/anon-user/login`);
    const again = await ask("POST", `${AUTH}/session`, { token: login.json.refresh_token });
    for (const { headers } of [login, again]) expect(headers.get("cache-control")).toBe("no-store");
  });
});

/** Deployments are no matter of clients. */
const ofOperators = ["DRAFT_CONFLICT", "NOTHING_TO_DEPLOY"];
const codes = (Object.keys(errorCatalogue) as ErrorCode[]).filter((code) => !ofOperators.includes(code));
it.each(codes)("%s is told without names of the graph", (code) => {
  const { status } = errorCatalogue[code];
  for (const isSignedIn of [false, true]) {
    const rejection = realmErrorFor(new PasserbyError(code), { isSignedIn });
    const text = `${rejection.error} ${rejection.message}`;
    // A field of the graph is a word with a capital inside, or one that is quoted.
    expect(text.replace(/Retry-After|GET auth\/api_keys/g, "")).not.toMatch(/\b[a-z]+[A-Z]\w*|`/);
    if (isSignedIn && rejection.status === 401)
      expect(["UNAUTHENTICATED", "SESSION_REVOKED"]).toContain(code);
    if (!isSignedIn) expect(rejection.status).toBe(status);
  }
});

it("an overload is 503 with the time to wait, in this protocol's shape", () => {
  const overload = new PasserbyError("SERVICE_UNAVAILABLE", { details: { retryAfterSeconds: 3 } });
  const { status, errorCode, headers, details } = realmErrorFor(overload, { isSignedIn: true });
  expect([status, errorCode, details]).toEqual([503, "InternalServerError", {}]);
  expect(headers).toEqual({ "retry-after": "3" });
});
