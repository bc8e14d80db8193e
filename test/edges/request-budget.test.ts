/** What one request may cost: documents, variables, bodies, answers. Over HTTP, with what each of them must not cause. */
import { request as httpRequest } from "node:http";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { parse } from "graphql";
import { pino } from "pino";
import { Documents } from "../../src/schema/documents.ts";
import {
  ADMIN_KEY,
  createDatabase,
  deployProvider,
  type Gateway,
  linkEmail,
  loginAnonymously,
  mergeUser,
  startGateway,
} from "../support/gateway.ts";

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
const logged: { level: number; msg: string }[] = [];
const log = pino({ level: "debug" }, { write: (line: string) => void logged.push(JSON.parse(line)) });

beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url, log });
});
afterAll(async () => {
  await gateway.stop();
  await database.drop();
});

const modern = {
  "content-type": "application/json",
  accept: "application/graphql-response+json, application/json",
};

async function post(body: string | Buffer, headers: Record<string, string> = {}, path = "/graphql") {
  const response = await fetch(gateway.url + path, {
    method: "POST",
    headers: { ...modern, ...headers },
    body: body as never,
  });
  const text = await response.text();
  const { errors, data } = JSON.parse(text) as {
    data?: unknown;
    errors?: { message: string; extensions: { code: string } }[];
  };
  return { status: response.status, headers: response.headers, text, errors, data };
}

const ask = (query: string, variables?: object, operationName?: string) =>
  post(JSON.stringify({ query, variables, operationName }));
const codesOf = (answer: { errors?: { extensions: { code: string } }[] | undefined }) =>
  (answer.errors ?? []).map(({ extensions }) => extensions.code);

describe("a document", () => {
  it.each([
    ["commas", `query Padded{__typename}${",".repeat(70_000)}`],
    ["a comment", `query Padded{__typename}#${"x".repeat(70_000)}`],
    ["a long name", `query ${"N".repeat(70_000)}{__typename}`],
    ["a long string", `{ user(id: "${"x".repeat(70_000)}") { id } }`],
  ])("that is longer than 64 kB by %s is rejected before it is parsed", async (_, query) => {
    const answer = await ask(query);
    expect([answer.status, ...codesOf(answer)]).toEqual([413, "REQUEST_TOO_LARGE"]);
    expect(answer.text.length).toBeLessThan(1_000);
  });

  it("that was valid is kept with those that came last, and not for ever", async () => {
    const documents = new Documents();
    const small = (i: number) => `query Q${i}{__typename}`;
    for (let i = 0; i < 10_000; i++) await documents.set(`k${i}`, parse(small(i)));
    expect(documents.admit(small(9_999))).toBeNull();
    await expect(documents.admit(small(0))).resolves.toBeUndefined();
    expect(await documents.get("k0")).toBeUndefined();
  });

  it("is sized by its comments and padding too, so that a hundred long ones do not stay", async () => {
    const documents = new Documents();
    const long = (i: number) => `query Q${i}{__typename}${"#\n".repeat(1_000)}${" ".repeat(50_000)}`;
    for (let i = 0; i < 100; i++) await documents.set(`k${i}`, parse(long(i)));
    const kept = Array.from({ length: 100 }, (_, i) => documents.admit(long(i)) === null).filter(Boolean);
    expect(kept.length).toBeLessThan(30);
  });

  it.each([
    ["selections", "{me".repeat(100) + "}".repeat(100)],
    ["lists", `{user(id:${"[".repeat(1_900)}${"]".repeat(1_900)}){id}}`],
    ["types", `query($a:${"[".repeat(1_900)}Int${"]".repeat(1_900)}){me{id}}`],
    [
      "objects after a string with quotes in it",
      `mutation { a: login(credentials:{function:{payload:{s:"""a " } " b""",o:${"{a:".repeat(300)}1${"}".repeat(300)}}}}){accessToken}}`,
    ],
  ])("with %s nested deeper than 64 levels is bad input", async (_, query) => {
    const answer = await ask(query);
    expect([answer.status, ...codesOf(answer)]).toEqual([400, "BAD_USER_INPUT"]);
  });

  it("may have as many brackets as it likes in strings and comments", async () => {
    const answer = await ask(`{ user(id: "${"{[(".repeat(100)}\\"") { id } } # ${"{".repeat(200)}`);
    expect(codesOf(answer)).not.toContain("BAD_USER_INPUT");
  });

  it("asks for each list of the introspection once", async () => {
    const twice = "{ __schema { types { a: fields { type { b: fields { name } c: fields { name } } } } } }";
    expect(codesOf(await ask(twice))).toEqual(Array(3).fill("GRAPHQL_VALIDATION_FAILED"));
  });
});

describe("an error", () => {
  const long = "x".repeat(200_000);
  const unknown = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`f${i}`, 1]));
  const many = Array.from({ length: 60 }, (_, i) => `$v${i}: Int!`).join(" ");
  const all = Array.from({ length: 60 }, (_, i) => `a${i}: __typename @include(if: $b)`).join(" ");
  const name = "n".repeat(60_000);

  it.each([
    [
      "60 unknown fields beside a long one",
      "mutation($c: Credentials!) { login(credentials: $c) { accessToken } }",
      { c: { ...unknown, long } },
    ],
    ["a long value of a wrong type", "query($f: Int) { users(first: $f) { totalCount } }", { f: long }],
    ["60 missing variables", `query(${many}) { __typename }`, {}],
    [
      "a long value in a list",
      "query($r: [_Any!]!) { _entities(representations: $r) { __typename } }",
      { r: [null, long] },
    ],
    ["a long unknown field", `{ ${name} }`, undefined],
    ["60 unknown fields", `{ ${Array.from({ length: 60 }, (_, i) => `u${i}`).join(" ")} }`, undefined],
    ["a long fragment that is not there", `{ ...${name} }`, undefined],
    ["a long name where none may be", `{ me { id } } ${name}`, undefined],
    ["a long argument", `{ user(${name}: 1) { id } }`, undefined],
    ["a long enum value", `mutation { logout(scope: ${name}) { sessionsEnded } }`, undefined],
    ["a long string that does not end", `{ user(id: "${name}`, undefined],
    ["many conflicting fields", `{ ${all} ${all.replaceAll("__typename", "me { id }")} }`, undefined],
  ])("about %s is short, bad input, and one of at most eleven", async (_, query, variables) => {
    const before = logged.length;
    const answer = await ask(query, variables);
    expect(answer.status).toBe(400);
    expect(codesOf(answer).length).toBeGreaterThan(0);
    expect(codesOf(answer).length).toBeLessThanOrEqual(11);
    expect(codesOf(answer).filter((code) => !/^(BAD_USER_INPUT|GRAPHQL_.*)$/.test(code))).toEqual([]);
    expect(answer.text.length).toBeLessThan(20_000);
    expect(logged.slice(before).filter(({ level }) => level >= 40)).toEqual([]);
  });

  it("about a long operation name is short", async () => {
    const answer = await ask("{ __typename }", {}, long);
    expect([answer.status, ...codesOf(answer)]).toEqual([400, "OPERATION_RESOLUTION_FAILURE"]);
    expect(answer.text.length).toBeLessThan(2_000);
  });

  it("of a field has a short path", async () => {
    const answer = await ask(`{ ${name}: user(id: "${crypto.randomUUID()}") { id } }`);
    expect(codesOf(answer)).toHaveLength(1);
    expect(answer.text.length).toBeLessThan(65_000);
    expect(answer.errors?.[0]).toMatchObject({ path: [expect.stringMatching(/^n{1000}…$/)] });
  });
});

it.each([
  ["a subscription", "subscription { x }", {}],
  ["a subscription of a type name", "subscription { __typename }", {}],
  [
    "a missing variable in a oneOf",
    "mutation($k: ApiKeyCredentials) { login(credentials: { apiKey: $k }) { accessToken } }",
    {},
  ],
  [
    "a null variable in a oneOf",
    "mutation($k: ApiKeyCredentials) { login(credentials: { apiKey: $k }) { accessToken } }",
    { k: null },
  ],
  [
    "a null where a oneOf needs a value",
    "mutation { login(credentials: { apiKey: null }) { accessToken } }",
    {},
  ],
  ["an empty oneOf", "mutation($c: Credentials!) { login(credentials: $c) { accessToken } }", { c: {} }],
  ["no oneOf", "mutation($c: Credentials!) { login(credentials: $c) { accessToken } }", { c: null }],
  ["51 wrong variables", wrongVariables(51), Object.fromEntries(numbers(51).map((i) => [`v${i}`, "x"]))],
  ["a missing variable of @skip", "query($s: Boolean!) { me @skip(if: $s) { id } }", {}],
  ["a null variable of @include", "query($s: Boolean!) { me @include(if: $s) { id } }", { s: null }],
  [
    "a nullable variable with a null of @skip",
    "query($s: Boolean = true) { me @skip(if: $s) { id } }",
    { s: null },
  ],
  [
    "the same inside of a field",
    "query($s: Boolean = true) { authProviders { name @skip(if: $s) } }",
    { s: null },
  ],
  ["a huge integer", "{ users(first: 99999999999999999999) { totalCount } }", {}],
  ["a huge integer in a variable", "query($f: Int) { users(first: $f) { totalCount } }", { f: 1e300 }],
  ["a variable twice", "query($a: Int, $a: Int) { __typename }", {}],
  ["a variable that there is not", "{ user(id: $i) { id } }", {}],
  ["a fragment that needs itself", "{ ...F } fragment F on Query { ...F }", {}],
  ["an unknown directive", "{ me @nope { id } }", {}],
  ["@defer", "{ ... @defer { me { id } } }", {}],
  ["@oneOf in a document", "{ me @oneOf { id } }", {}],
  ["an operation name twice", "query A { __typename } query A { __typename }", {}],
  ["two operations and no name", "query A { __typename } query B { __typename }", {}],
  ["a type definition", "type A { b: Int }", {}],
  ["only a fragment", "fragment F on Query { __typename }", {}],
  [
    "a null for a default that must not be null",
    "mutation($s: LogoutScope = ALL) { logout(scope: $s) { sessionsEnded } }",
    { s: null },
  ],
  ["variables that are a list", "{ __typename }", []],
  [
    "a time that is none",
    "query($f: UserFilter) { users(filter: $f) { totalCount } }",
    { f: { createdFrom: "never" } },
  ],
])("%s is the client's mistake, and no line of the log above debug", async (_, query, variables) => {
  const before = logged.length;
  const answer = await ask(query, variables);
  expect(answer.errors?.length).toBeGreaterThan(0);
  expect(codesOf(answer).filter((code) => code === "INTERNAL_SERVER_ERROR")).toEqual([]);
  expect(answer.status).toBeLessThan(500);
  expect(logged.slice(before).filter(({ level }) => level >= 40)).toEqual([]);
});

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
function wrongVariables(count: number): string {
  return `query(${numbers(count)
    .map((i) => `$v${i}: Int`)
    .join(" ")}) { __typename }`;
}

describe("an answer", () => {
  let owner: { id: string; accessToken: string };

  beforeAll(async () => {
    const guest = await loginAnonymously(gateway);
    const { data } = await linkEmail(gateway, guest.accessToken, "owner@example.com");
    owner = { id: guest.id, accessToken: data.linkIdentity.accessToken ?? guest.accessToken };
    for (let i = 0; i < 40; i++) {
      const other = await loginAnonymously(gateway);
      const conflict = await linkEmail(gateway, other.accessToken, "owner@example.com");
      await mergeUser(gateway, other.accessToken, conflict.data.linkIdentity.mergeTicket);
    }
  });

  const entities = (fields: string, count: number, token?: string) =>
    gateway.graph(`query($r: [_Any!]!) { _entities(representations: $r) { ... on User { ${fields} } } }`, {
      token,
      variables: { r: Array(count).fill({ __typename: "User", id: owner.id }) },
    });
  const aliases = (field: string) =>
    numbers(30)
      .map((i) => `a${i}: ${field}`)
      .join(" ");

  it.each([
    ["former ids under aliases", aliases("ids"), 1_000],
    ["former ids of a user under aliases", aliases("formerIds"), 600],
    ["private fields under aliases", aliases("profile"), 1_000],
    ["private lists under aliases", aliases("sessions { id }"), 1_000],
    ["short fields under long aliases", `${"n".repeat(50_000)}: createdAt`, 200],
  ])("that would hold %s is rejected as one that is too large", async (_, fields, count) => {
    const started = performance.now();
    const answer = await entities(fields, count);
    expect([answer.status, ...codesOf(answer)]).toEqual([400, "ANSWER_TOO_LARGE"]);
    expect(answer.data ?? null).toBeNull();
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it("may hold what a router asks for: hundreds of users with all their ids", async () => {
    const answer = await entities("id isAnonymous createdAt disabled expiresAt ids", 500);
    expect(answer.errors).toBeUndefined();
    expect(answer.data._entities).toHaveLength(500);
    expect(answer.data._entities[0].ids).toHaveLength(41);
  });

  it("that goes round in circles is rejected, and a mutation then says that it was done", async () => {
    await deployProvider(gateway, "api-key", true);
    const create = (name: string, fields: string) =>
      gateway.graph(`mutation($n: String!) { createApiKey(name: $n) { apiKey { ${fields} } } }`, {
        token: owner.accessToken,
        variables: { n: name },
      });
    for (const i of numbers(9)) await create(`key-${i}`, "id");
    const circle = `user { ${"apiKeys { user { ".repeat(6)} id ${"} }".repeat(6)} }`;
    const answer = await create("last", circle);
    expect(codesOf(answer)).toEqual(["ANSWER_TOO_LARGE"]);
    expect(answer.errors?.[0]?.message).toContain("was executed");
    const { data } = await gateway.graph("{ me { apiKeys { name } } }", { token: owner.accessToken });
    expect(data.me.apiKeys).toHaveLength(10);
  });

  it("is not to be stored by caches, on either graph", async () => {
    for (const path of ["/graphql", "/admin/graphql"]) {
      for (const query of ["{ __typename }", "{"]) {
        const answer = await post(JSON.stringify({ query }), { authorization: `Bearer ${ADMIN_KEY}` }, path);
        expect(answer.headers.get("cache-control")).toBe("no-store");
      }
    }
  });
});

describe("a body", () => {
  const json = Buffer.from(JSON.stringify({ query: "{ __typename }" }));
  const bomb = Buffer.from(
    JSON.stringify({ query: "{ __typename }", operationName: " ".repeat(20_000_000) }),
  );
  const BOM = "\ufeff";

  it.each([
    ["gzip", gzipSync(json), { "content-encoding": "gzip" }],
    ["GZIP in capitals", gzipSync(json), { "content-encoding": "GZIP" }],
    ["deflate", deflateSync(json), { "content-encoding": "deflate" }],
    ["br", brotliCompressSync(json), { "content-encoding": "br" }],
    ["identity", json, { "content-encoding": "identity" }],
    ["a byte order mark", Buffer.from(BOM + json), {}],
    ["a byte order mark in gzip", gzipSync(BOM + json), { "content-encoding": "gzip" }],
  ])("with %s is read", async (_, body, headers) => {
    const answer = await post(body, headers);
    expect([answer.status, answer.data]).toEqual([200, { __typename: "Query" }]);
  });

  it.each<[string, string | Buffer, Record<string, string>, number, string]>([
    ["a bomb", gzipSync(bomb), { "content-encoding": "gzip" }, 413, "REQUEST_TOO_LARGE"],
    ["a bomb of br", brotliCompressSync(bomb), { "content-encoding": "br" }, 413, "REQUEST_TOO_LARGE"],
    ["gzip that is none", json, { "content-encoding": "gzip" }, 400, "BAD_USER_INPUT"],
    [
      "gzip that is cut",
      gzipSync(json).subarray(0, 20),
      { "content-encoding": "gzip" },
      400,
      "BAD_USER_INPUT",
    ],
    ["another encoding", json, { "content-encoding": "zstd" }, 415, "BAD_USER_INPUT"],
    ["two encodings", gzipSync(gzipSync(json)), { "content-encoding": "gzip, gzip" }, 415, "BAD_USER_INPUT"],
    ["another type", json, { "content-type": "text/plain" }, 415, "BAD_USER_INPUT"],
    [
      "the type of a form",
      "query={__typename}",
      { "content-type": "application/x-www-form-urlencoded" },
      415,
      "BAD_USER_INPUT",
    ],
    ["a type that is none", json, { "content-type": "nonsense" }, 415, "BAD_USER_INPUT"],
    ["nothing in it", "", {}, 400, "BAD_USER_INPUT"],
    ["half of its JSON", '{"query":"{ __ty', {}, 400, "BAD_USER_INPUT"],
    ["names of a prototype", '{"query":"{ __typename }","__proto__":{"a":1}}', {}, 400, "BAD_USER_INPUT"],
    [
      "the same in escapes",
      '{"query":"{ __typename }","\\u005f_proto__":{"a":1}}',
      {},
      400,
      "BAD_USER_INPUT",
    ],
    [
      "a constructor",
      '{"query":"{ __typename }","variables":{"constructor":{"prototype":{}}}}',
      {},
      400,
      "BAD_USER_INPUT",
    ],
    [
      "300 kB",
      JSON.stringify({ query: "{ __typename }", a: "x".repeat(300_000) }),
      {},
      413,
      "REQUEST_TOO_LARGE",
    ],
    [
      "JSON 20,000 deep",
      `{"query":"{ __typename }","variables":{"a":${"[".repeat(20_000)}${"]".repeat(20_000)}}}`,
      {},
      400,
      "BAD_USER_INPUT",
    ],
  ])("with %s is rejected in the words of the graph", async (_, body, headers, status, code) => {
    for (const path of ["/graphql", "/admin/graphql"]) {
      const answer = await post(body, headers, path);
      expect([answer.status, ...codesOf(answer)]).toEqual([status, code]);
      expect(answer.text.length).toBeLessThan(1_000);
    }
  });

  it("of a login of 20,000 levels is bad input, and so are variables in an address", async () => {
    const deep = `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`;
    const query = "mutation($c: Credentials!) { login(credentials: $c) { accessToken } }";
    const login = await post(
      `{"query":${JSON.stringify(query)},"variables":{"c":{"function":{"payload":${deep}}}}}`,
      {},
    );
    expect([login.status, ...codesOf(login)]).toEqual([400, "BAD_USER_INPUT"]);
    const search = new URLSearchParams({ query: "{ __typename }", variables: "[".repeat(3_000) });
    const get = await fetch(`${gateway.url}/graphql?${search}`, {
      headers: { "apollo-require-preflight": "1" },
    });
    expect([get.status, codesOf((await get.json()) as never)]).toEqual([400, ["BAD_USER_INPUT"]]);
  });

  it.each([
    ["a length", true],
    ["chunks", false],
  ])("of 5 MB with %s gets its 413 each time, and never a reset", async (_, hasLength) => {
    const size = 5_000_000;
    for (let i = 0; i < 10; i++) {
      const status = await new Promise<number | undefined>((resolve, reject) => {
        const sent = httpRequest(
          `${gateway.url}/graphql`,
          { method: "POST", headers: { ...modern, ...(hasLength && { "content-length": size }) } },
          (response) => response.resume().on("end", () => resolve(response.statusCode)),
        );
        sent.on("error", reject);
        for (let left = size; left > 0; left -= 50_000) sent.write("x".repeat(50_000));
        sent.end();
      });
      expect(status).toBe(413);
    }
  });

  it("over the Realm protocol and at the introspection is unfolded the same way", async () => {
    const body = JSON.stringify({ username: "a@example.com", password: "correct horse" });
    const realm = await fetch(`${gateway.url}/api/client/v2.0/app/app/auth/providers/anon-user/login`, {
      method: "POST",
      headers: { "content-type": "application/json", "content-encoding": "gzip" },
      body: gzipSync(body),
    });
    expect(realm.status).not.toBe(400);
    const other = await fetch(`${gateway.url}/api/client/v2.0/app/app/auth/providers/anon-user/login`, {
      method: "POST",
      headers: { "content-type": "application/json", "content-encoding": "compress" },
      body,
    });
    expect([other.status, ((await other.json()) as { error: string }).error]).toEqual([
      415,
      expect.stringContaining("gzip"),
    ]);
  });
});
