/** The operator's own endpoint verifies credentials: a real endpoint, which verifies the signature of each call. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { Webhook } from "standardwebhooks";
import { prepareVerification } from "../../src/identity/login/verification.ts";
import { visitor } from "../support/contexts.ts";
import { type Asked, answerJson, type Endpoint, startEndpoint } from "../support/endpoint.ts";
import {
  codeOf,
  countRows,
  createDatabase,
  databases,
  type Gateway,
  loginAnonymously,
  startGateway,
  TestClock,
} from "../support/gateway.ts";

const secret = `whsec_${randomBytes(24).toString("base64")}`;

describe.each(databases)("custom-function on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let endpoint: Endpoint;
  let users: number;

  beforeAll(async () => {
    database = await createDatabase(name);
    // Who verifies a call compares its time with the real one.
    const clock = new TestClock();
    clock.advance({ seconds: (Date.now() - +clock.now()) / 1_000 });
    gateway = await startGateway({ url: database.url, clock });
  });
  beforeEach(async () => {
    endpoint = await startEndpoint(answerJson({ subject: "ada" }));
    await deploy({ url: `http://127.0.0.1:${endpoint.port}/who`, secret, allowPrivateAddresses: true });
    users = await countRows(gateway, "users");
  });
  afterEach(() => endpoint.stop());
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });

  const save = (settings: object) =>
    gateway.admin("mutation ($i: SaveProviderInput!) { saveProvider(input: $i) { baseVersion } }", {
      variables: { i: { name: "custom-function", enabled: true, settings } },
    });
  async function deploy(settings: object): Promise<void> {
    expect((await save(settings)).errors).toBeUndefined();
    expect((await gateway.admin("mutation { deploy { version } }")).errors).toBeUndefined();
  }
  const login = (payload: unknown = { ticket: 1 }) =>
    gateway.graph(
      "mutation ($p: JSONObject!) { login(credentials: { function: { payload: $p } }) { user { id isAnonymous profile identities { provider subject email emailVerified } } } }",
      { variables: { p: payload } },
    );
  const verify = ({ body, headers }: Asked, key = secret) =>
    new Webhook(key).verify(body, headers as Record<string, string>);

  it("asks with a signed call, and makes a user of a subject that is new", async () => {
    const payload = { ticket: "a-1", nested: { list: [1, null, "ü\0"] } };
    endpoint.reply(
      answerJson({ subject: "eva", email: "Eva@Example.com", emailVerified: true, profile: { name: "Eva" } }),
    );
    const first = await login(payload);
    expect(first.data.login.user).toEqual({
      id: expect.any(String),
      isAnonymous: false,
      profile: { name: "Eva" },
      identities: [
        { provider: "custom-function", subject: "eva", email: "eva@example.com", emailVerified: true },
      ],
    });
    expect(endpoint.asked).toHaveLength(1);
    const [asked] = endpoint.asked as [Asked];
    expect(verify(asked)).toEqual({ payload });
    expect(() => verify(asked, `whsec_${randomBytes(24).toString("base64")}`)).toThrow();
    expect(() => verify({ ...asked, body: asked.body.replace("a-1", "a-2") })).toThrow();
    expect(asked).toMatchObject({
      path: "/who",
      headers: {
        "content-type": "application/json",
        "webhook-id": expect.stringMatching(/^msg_[0-9a-f]{32}$/),
        "webhook-timestamp": String(Math.floor(+gateway.clock.now() / 1_000)),
      },
    });
    expect((await login()).data.login.user.id).toBe(first.data.login.user.id);
    expect(await countRows(gateway, "users")).toBe(users + 1);
  });
  it("gives each call an id of its own, so that a call can be told from its replay", async () => {
    await login();
    await Promise.all([login(), login(), login()]);
    const ids = endpoint.asked.map(({ headers }) => headers["webhook-id"]);
    expect([ids.length, new Set(ids).size]).toEqual([4, 4]);
  });
  it("is one user when the first logins come at the same time", async () => {
    endpoint.reply(answerJson({ subject: "bob" }));
    const answers = await Promise.all(Array.from({ length: 5 }, () => login()));
    expect(new Set(answers.map(({ data }) => data.login.user.id)).size).toBe(1);
  });
  it("links an anonymous user, who keeps its id, and offers the merge where the subject is known", async () => {
    endpoint.reply(answerJson({ subject: "carl", email: null, emailVerified: null, profile: null }));
    const link = (token: string) =>
      gateway.graph(
        "mutation { linkIdentity(credentials: { function: { payload: {} } }) { ... on AuthPayload { user { id isAnonymous } } ... on IdentityConflict { provider } } }",
        { token },
      );
    const [guest, other] = [await loginAnonymously(gateway), await loginAnonymously(gateway)];
    expect((await link(guest.accessToken)).data.linkIdentity.user).toEqual({
      id: guest.id,
      isAnonymous: false,
    });
    expect((await login()).data.login.user.id).toBe(guest.id);
    expect((await link(other.accessToken)).data.linkIdentity).toEqual({ provider: "custom-function" });
  });

  it.each([400, 401, 403, 404, 422, 429])("takes the status %i for wrong credentials", async (status) => {
    endpoint.reply(answerJson({ subject: "ada", reason: "the words of the endpoint" }, status));
    const answer = await login();
    expect(codeOf(answer)).toBe("INVALID_CREDENTIALS");
    expect(JSON.stringify(answer)).not.toContain("the words of the endpoint");
    expect(await countRows(gateway, "users")).toBe(users);
  });
  it.each<[string, Parameters<Endpoint["reply"]>[0]]>([
    ["status 500", answerJson({ subject: "new" }, 500)],
    ["status 201", answerJson({ subject: "new" }, 201)],
    ["status 204", (_asked, response) => void response.writeHead(204).end()],
    ["a redirect", (_asked, response) => void response.writeHead(302, { location: "/who" }).end()],
    ["no JSON", (_asked, response) => void response.end("the words of the endpoint")],
    ["half a JSON", (_asked, response) => void response.end('{"subject":"new"')],
    ["nothing", (_asked, response) => void response.end()],
    ["a list", answerJson(["new"])],
    ["null", answerJson(null)],
    ["no subject", answerJson({ profile: {} })],
    ["an empty subject", answerJson({ subject: "" })],
    ["a number as subject", answerJson({ subject: 7 })],
    ["a subject with NUL", answerJson({ subject: "a\0b" })],
    ["a subject of 1001 characters", answerJson({ subject: "a".repeat(1_001) })],
    ["an email that is not a string", answerJson({ subject: "new", email: 7 })],
    ["emailVerified that is no Boolean", answerJson({ subject: "new", emailVerified: "yes" })],
    ["a profile that is not an object", answerJson({ subject: "new", profile: "the words of the endpoint" })],
    ["65 kB", answerJson({ subject: "new", profile: { text: "x".repeat(65_536) } })],
    ["a closed connection", (_asked, response) => void response.destroy()],
  ])("says SERVICE_UNAVAILABLE to %s, and makes no user", async (_, reply) => {
    endpoint.reply(reply);
    const answer = await login();
    expect(codeOf(answer)).toBe("SERVICE_UNAVAILABLE");
    expect(JSON.stringify(answer)).not.toContain("the words of the endpoint");
    expect(endpoint.asked).toHaveLength(1);
    expect(await countRows(gateway, "users")).toBe(users);
  });
  it.each([
    [
      "254 characters and spaces around them",
      `  ${"a".repeat(242)}@example.com  `,
      `${"a".repeat(242)}@example.com`,
    ],
    ["255 characters", `${"a".repeat(243)}@example.com`, null],
    ["NUL", "a\0@b.c", null],
    ["nothing", "", null],
  ])(
    "trims an email of %s before it is bounded, and leaves out what is none",
    async (fact, email, stored) => {
      endpoint.reply(answerJson({ subject: `email of ${fact}`, email, emailVerified: true }));
      const { data } = await login();
      expect(data.login.user.identities).toMatchObject([{ email: stored }]);
    },
  );
  it("keeps the words of the endpoint out of what is logged", async () => {
    const { services } = gateway.app;
    const deployed = services.providers.requireEnabled("custom-function");
    for (const reply of ["the words of the endpoint", '{"email":"the words of the endpoint"}']) {
      endpoint.reply((_asked, response) => void response.end(reply));
      const error: Error = await prepareVerification(services, visitor, {
        deployed,
        credentials: { payload: {} },
        caller: null,
      })()
        .then(() => Promise.reject(new Error("it was accepted")))
        .catch((rejection) => rejection);
      expect(error.cause).toBeInstanceOf(Error);
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain("the words");
    }
  });
  it("says SERVICE_UNAVAILABLE when the endpoint is down", async () => {
    await endpoint.stop();
    expect(codeOf(await login())).toBe("SERVICE_UNAVAILABLE");
  });
  it("waits five seconds for the whole answer, and no user comes of a later one", async () => {
    const begun = Date.now();
    endpoint.reply((_asked, response) => {
      response.write(" ");
      const timer = setTimeout(() => response.end('{"subject":"late"}'), 5_500);
      response.on("close", () => clearTimeout(timer));
    });
    expect(codeOf(await login())).toBe("SERVICE_UNAVAILABLE");
    expect(Date.now() - begun).toBeGreaterThanOrEqual(4_900);
    expect(await countRows(gateway, "identities", "subject = 'late'")).toBe(0);
  });

  it("rejects a payload of more than 16 kB as JSON without asking anybody", async () => {
    const around = JSON.stringify({ p: "" }).length;
    expect(codeOf(await login({ p: "x".repeat(16_384 - around) }))).toBeUndefined();
    expect(codeOf(await login({ p: "x".repeat(16_385 - around) }))).toBe("BAD_USER_INPUT");
    expect(codeOf(await login({ p: "ü".repeat(8_192) }))).toBe("BAD_USER_INPUT");
    expect(endpoint.asked).toHaveLength(1);
  });

  it.each(["https://127.0.0.1", "https://localhost", "https://[::1]", "https://[::ffff:7f00:1]"])(
    "opens no connection to %s while private addresses are not allowed",
    async (origin) => {
      await deploy({ url: `${origin}:${endpoint.port}/`, secret });
      expect(codeOf(await login())).toBe("SERVICE_UNAVAILABLE");
      expect(endpoint.connections()).toBe(0);
    },
  );
  it.each<[string, object]>([
    ["http to another machine", { url: "http://example.com/", allowPrivateAddresses: true }],
    ["http to this machine where that is not allowed", { url: "http://127.0.0.1/" }],
    ["another protocol", { url: "file:///etc/passwd", allowPrivateAddresses: true }],
    ["no address", { url: "example.com" }],
    ["a password in the address", { url: "https://user:pass@example.com/" }],
    ["no secret", { url: "https://example.com/", secret: null }],
    ["a short secret", { secret: `whsec_${randomBytes(23).toString("base64")}` }],
    ["a long secret", { secret: `whsec_${randomBytes(65).toString("base64")}` }],
    ["a secret without its prefix", { secret: randomBytes(24).toString("base64") }],
    ["a secret that is no base64", { secret: `whsec_${"ü".repeat(32)}` }],
    ["an unknown setting", { timeout: 9 }],
  ])("rejects settings with %s", async (_, settings) => {
    const saved = await save({ url: "https://example.com/", secret, ...settings });
    expect(codeOf(saved)).toBe("BAD_USER_INPUT");
    expect(JSON.stringify(saved)).not.toContain(secret);
  });
  it("takes http to this machine where private addresses are allowed, and secrets of 24 to 64 bytes", async () => {
    for (const host of ["localhost", "127.0.0.2", "[::1]"]) {
      expect(
        (await save({ url: `http://${host}/`, secret, allowPrivateAddresses: true })).errors,
      ).toBeUndefined();
    }
    const long = `whsec_${randomBytes(64).toString("base64")}`;
    expect((await save({ url: "https://example.com/", secret: long })).errors).toBeUndefined();
    await gateway.admin("mutation { discardDraft }");
  });
});

it("counts rejections of the endpoint by address, and not its failures", async () => {
  const database = await createDatabase("sqlite");
  const gateway = await startGateway({ url: database.url, settings: { RATE_LIMITS: "failedLogins=5/300" } });
  const endpoint = await startEndpoint(answerJson({}, 500));
  const settings = { url: `http://127.0.0.1:${endpoint.port}/`, secret, allowPrivateAddresses: true };
  await gateway.admin("mutation ($i: SaveProviderInput!) { saveProvider(input: $i) { baseVersion } }", {
    variables: { i: { name: "custom-function", enabled: true, settings } },
  });
  await gateway.admin("mutation { deploy { version } }");
  let attempts = 0;
  const login = async () =>
    codeOf(
      await gateway.graph(
        "mutation ($p: JSONObject!) { login(credentials: { function: { payload: $p } }) { user { id } } }",
        { variables: { p: { attempt: ++attempts } } },
      ),
    );
  for (let attempt = 0; attempt < 7; attempt++) expect(await login()).toBe("SERVICE_UNAVAILABLE");
  endpoint.reply(answerJson({}, 401));
  for (let attempt = 0; attempt < 5; attempt++) expect(await login()).toBe("INVALID_CREDENTIALS");
  expect(await login()).toBe("RATE_LIMITED");
  expect(endpoint.asked).toHaveLength(12);
  await endpoint.stop();
  await gateway.stop();
  await database.drop();
});

it("works with the endpoint that the page shows", async () => {
  const page = readFileSync(new URL("../../docs/providers.md", import.meta.url), "utf8");
  const shown = String(/```js\n(import \{ createServer \}[\s\S]*?)```/.exec(page)?.[1]);
  // The port is left to the system, which the endpoint then says.
  const script = shown.replace(
    '.listen(8080, "127.0.0.1");',
    '.listen(0, "127.0.0.1", function () { console.log(this.address().port); });',
  );
  const child = spawn("node", ["--input-type=module", "-e", script], {
    env: { PATH: process.env.PATH, FUNCTION_SECRET: secret },
  });
  const port = await new Promise<string>((resolve) =>
    child.stdout.once("data", (text) => resolve(`${text}`.trim())),
  );
  const database = await createDatabase("sqlite");
  const clock = new TestClock();
  clock.advance({ seconds: (Date.now() - +clock.now()) / 1_000 });
  const gateway = await startGateway({ url: database.url, clock });
  const login = async (signingSecret: string, cardNumber: string) => {
    const settings = { url: `http://127.0.0.1:${port}/`, secret: signingSecret, allowPrivateAddresses: true };
    await gateway.admin("mutation ($i: SaveProviderInput!) { saveProvider(input: $i) { baseVersion } }", {
      variables: { i: { name: "custom-function", enabled: true, settings } },
    });
    await gateway.admin("mutation { deploy { version } }");
    return gateway.graph(
      "mutation ($p: JSONObject!) { login(credentials: { function: { payload: $p } }) { user { profile } } }",
      { variables: { p: { cardNumber } } },
    );
  };
  expect((await login(secret, "4711")).data.login.user.profile).toEqual({ name: "Ada" });
  expect(codeOf(await login(secret, "4712"))).toBe("INVALID_CREDENTIALS");
  const other = `whsec_${randomBytes(32).toString("base64")}`;
  expect(codeOf(await login(other, "4711"))).toBe("SERVICE_UNAVAILABLE");
  await new Promise((resolve) => {
    child.once("exit", resolve);
    child.kill();
  });
  await gateway.stop();
  await database.drop();
});
