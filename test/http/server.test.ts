/** Bad input of every kind gets its clear error, never a 5xx and never a hang. */
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { codeOf, createDatabase, type Gateway, login, startGateway } from "../support/gateway.ts";

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;

beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url, settings: { RATE_LIMITS: "" } });
});
afterAll(async () => {
  await gateway.stop();
  await database.drop();
});

const both = { "content-type": "application/json", accept: "application/graphql-response+json" };
const post = (body: string, headers: Record<string, string> = both) =>
  fetch(`${gateway.url}/graphql`, { method: "POST", headers, body });
const json = (query: string) => JSON.stringify({ query });

it.each([
  ["no body", "", 400],
  ["broken JSON", "{", 400],
  ["a JSON array", "[]", 400],
  ["no query", "{}", 400],
  ["a query that does not parse", json("{"), 400],
  ["an unknown field", json("{ nope }"), 400],
  ["deep nesting", json(`{ ${"me { ".repeat(60)} id ${"}".repeat(61)}`), 400],
  [
    "300 aliases",
    json(`{ ${Array.from({ length: 300 }, (_, i) => `a${i}: authProviders { name }`).join(" ")} }`),
    400,
  ],
  ["5,000 tokens", json(`{ authProviders { ${"name ".repeat(5_000)} } }`), 400],
  ["a body of 5 MB", json("x".repeat(5_000_000)), 413],
  ["prototype pollution", '{"query":"{ me { id } }","__proto__":{"x":1}}', 400],
])("answers %s with a clear error", async (_, body, status) => {
  const response = await post(body);
  const text = await response.text();
  expect([response.status, text.includes("errors")]).toEqual([status, true]);
  expect(text).not.toMatch(/node_modules|\bat .*:\d+/);
});

it("does not run a mutation for a form of another site, nor over GET", async () => {
  expect(
    (await post(json("mutation { loginAnonymous { accessToken } }"), { "content-type": "text/plain" }))
      .status,
  ).toBeGreaterThanOrEqual(400);
  const get = await fetch(`${gateway.url}/graphql?query=mutation{loginAnonymous{accessToken}}`, {
    headers: { "apollo-require-preflight": "1" },
  });
  expect(get.status).toBe(405);
});

it("limits failed logins by account and address, whatever the alias", async () => {
  const attempts = Array.from(
    { length: 25 },
    (_, i) =>
      `a${i}: login(credentials: { emailPassword: { email: "x@example.com", password: "wrong horse" } }) { accessToken }`,
  );
  const { errors } = await gateway.graph(`mutation { ${attempts.join(" ")} }`.replaceAll("}) {", "}) {"));
  expect(errors?.length).toBeGreaterThan(0);
  const answer = await login(gateway, "x@example.com", "wrong horse");
  const codes = [];
  for (let i = 0; i < 12; i++) codes.push(codeOf(await login(gateway, "y@example.com", "wrong horse")));
  expect(codes.filter((code) => code === "INVALID_CREDENTIALS")).toHaveLength(10);
  expect(codes.filter((code) => code === "RATE_LIMITED")).toHaveLength(2);
  expect(["INVALID_CREDENTIALS", "RATE_LIMITED"]).toContain(codeOf(answer));
});

it("limits anonymous logins to 100 an hour and address, counted by execution", async () => {
  const thirty = `mutation { ${Array.from({ length: 30 }, (_, i) => `a${i}: loginAnonymous { accessToken }`).join(" ")} }`;
  const answers = [];
  for (let i = 0; i < 4; i++) answers.push(await gateway.graph(thirty));
  const rejected = answers.flatMap((answer) => answer.errors ?? []);
  const codes = new Set(rejected.map((error) => error.extensions.code));
  expect([...codes]).toEqual(["RATE_LIMITED"]);
  expect(rejected[0]?.extensions.retryAfterSeconds).toBeGreaterThan(3_000);
});

it("serves what surrounds the graph", async () => {
  const get = async (path: string) => fetch(`${gateway.url}${path}`);
  expect((await get("/livez")).status).toBe(200);
  expect((await get("/readyz")).status).toBe(200);
  // On a listener of their own: test/edges/metrics-listener.test.ts.
  expect((await get("/metrics")).status).toBe(404);
  expect((await get("/nothing")).status).toBe(404);
  const keys = await get("/.well-known/jwks.json");
  expect(keys.headers.get("cache-control")).toBe("public, max-age=600");
  expect(await (await get("/.well-known/openid-configuration")).json()).toMatchObject({
    issuer: "http://localhost:4000",
  });
  expect(keys.headers.get("x-content-type-options")).toBe("nosniff");
});

it("lets pages on this machine call it, and no others, unless told so", async () => {
  const preflight = async (origin: string) =>
    (
      await fetch(`${gateway.url}/graphql`, {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": "POST" },
      })
    ).headers.get("access-control-allow-origin");
  expect(await preflight("http://localhost:5173")).toBe("http://localhost:5173");
  expect(await preflight("https://evil.example")).toBeNull();
});
