/**
 * What strangers can send, all of it at once, from clients that read everything, slowly or nothing: the gateway must keep
 * answering, within the heap of a small container, and give back the memory afterwards. Limits are at their defaults.
 * LOAD_SECONDS (600) is how long it lasts.
 */
import { setPriority } from "node:os";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type Endpoint, startEndpoint } from "../support/endpoint.ts";
import { freePort } from "../support/free-port.ts";
import { createDatabase } from "../support/gateway.ts";
import { ask, askAdmin, deploy, emailPassword, LINK, LOGIN, MERGE } from "./support/graph.ts";
import { watchLiveness } from "./support/livez-watch.ts";
import { HEAP_MB, loadSeconds, type Program, report, startProgram } from "./support/program.ts";
import { postBytes, type Reading, send } from "./support/raw-client.ts";

const SECONDS = loadSeconds(600);
/** Document cache, verified tokens and the like: what a gateway keeps after any day's work. */
const KEPT_MB = 96;
/** Connections at the same time: more than the 511 that Node lets wait unless it is told otherwise. */
const CROWD = 750;
const readings: readonly Reading[] = ["all", "slowly", "never"];

let database: Awaited<ReturnType<typeof createDatabase>>;
let gateway: Program;
let endpoint: Endpoint;
/** A permanent user with former ids and an API key. */
let owner: { id: string; token: string; formerIds: string[]; key: string };

beforeAll(async () => {
  database = await createDatabase("sqlite");
  endpoint = await startEndpoint((_asked, response) => {
    // Never ends by itself: JSON that only ever opens brackets.
    response.writeHead(200, { "content-type": "application/json" });
    const more = (): void => {
      while (response.write("[".repeat(65_536)));
      response.once("drain", more);
    };
    response.on("error", () => {});
    more();
  });
  gateway = await startProgram(
    { DATABASE_URL: database.url, INITIAL_PROVIDERS: "anon-user,local-userpass,api-key" },
    await freePort(),
  );
  await deploy(gateway.url, "custom-function", {
    url: `http://127.0.0.1:${endpoint.port}/`,
    secret: `whsec_${Buffer.alloc(32, 7).toString("base64")}`,
    allowPrivateAddresses: true,
  });
  owner = await makeOwner();
}, 120_000);

afterAll(async () => {
  await gateway.end("SIGKILL");
  await endpoint.stop();
  await database.drop();
});

/** Former ids come from merges; guests count by address, and this machine has many. */
async function makeOwner(): Promise<typeof owner> {
  const { data } = await ask(gateway.url, LOGIN);
  const { accessToken, user } = data.loginAnonymous;
  const credentials = emailPassword("owner@example.com");
  const linked = await ask(gateway.url, LINK, { token: accessToken, variables: credentials });
  const token = linked.data.linkIdentity.accessToken;
  const made = await ask(gateway.url, 'mutation { createApiKey(name: "robot") { secret } }', { token });
  const formerIds: string[] = [];
  for (let guests = 0; guests < 60; guests++) {
    const guest = (await ask(gateway.url, LOGIN)).data.loginAnonymous;
    const conflict = await ask(gateway.url, LINK, { token: guest.accessToken, variables: credentials });
    const ticket = conflict.data.linkIdentity.mergeTicket;
    const merged = await ask(gateway.url, MERGE, { token: guest.accessToken, variables: { t: ticket } });
    if (!merged.errors) formerIds.push(guest.user.id);
  }
  return { id: user.id, token, formerIds, key: made.data.createApiKey.secret };
}

interface Attack {
  readonly name: string;
  /** How many do it at once. */
  readonly clients: number;
  /** One request of it. @param turn counts up */
  request(turn: number): { bytes: Buffer | string; reading?: Reading; seconds?: number };
}

const graph = (body: object, headers?: Record<string, string>): Buffer =>
  postBytes("/graphql", JSON.stringify(body), headers);
const aliased = (field: string, count = 30): string =>
  Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(" ");
const nested = (depth: number): unknown => JSON.parse(`${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`);

const attacks: readonly Attack[] = [
  {
    name: "large documents, each another one",
    clients: 4,
    request: (turn) => ({
      bytes: graph({ query: `query Q${turn}{__typename}${",".repeat(900_000)}` }),
    }),
  },
  {
    name: "documents as large as is allowed, each another one",
    clients: 4,
    request: (turn) => ({ bytes: graph({ query: `query Q${turn}{__typename}#${"x".repeat(7_000)}` }) }),
  },
  {
    name: "small documents, each another one",
    clients: 4,
    request: (turn) => ({ bytes: graph({ query: `query Q${turn}{${aliased("__typename", 20)}}` }) }),
  },
  {
    name: "variables with many unknown fields and a long text",
    clients: 20,
    request: (turn) => ({
      bytes: graph({
        query: "mutation ($c: Credentials!) { login(credentials: $c) { accessToken } }",
        variables: {
          c: Object.fromEntries([
            ...Array.from({ length: 60 }, (_, index) => [`unknown${index}`, 1]),
            ["text", "x".repeat(turn % 2 ? 60_000 : 900_000)],
          ]),
        },
      }),
      reading: readings[turn % 3] as Reading,
    }),
  },
  {
    name: "entities with former ids under 30 aliases",
    clients: 10,
    request: (turn) => ({
      bytes: graph({
        query: `query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { ${aliased("ids")} } } }`,
        variables: {
          r: Array.from({ length: 1_000 }, (_, index) => ({
            __typename: "User",
            id: turn % 2 ? owner.id : (owner.formerIds[index % owner.formerIds.length] ?? owner.id),
          })),
        },
      }),
      reading: readings[turn % 3] as Reading,
    }),
  },
  {
    name: "private fields of a thousand strangers",
    clients: 4,
    request: (turn) => ({
      bytes: graph({
        query: `query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { ${aliased("profile")} } } }`,
        variables: { r: Array.from({ length: 1_000 }, () => ({ __typename: "User", id: owner.id })) },
      }),
      reading: readings[turn % 3] as Reading,
    }),
  },
  {
    name: "sessions under 30 aliases",
    clients: 6,
    request: (turn) => ({
      bytes: graph(
        { query: `{ me { ${aliased("sessions { id userAgent ipAddress }")} } }` },
        { authorization: `Bearer ${owner.token}` },
      ),
      reading: readings[turn % 3] as Reading,
    }),
  },
  {
    name: "logins with one API key",
    clients: 4,
    request: () => ({
      bytes: graph({
        query: "mutation ($k: String!) { login(credentials: { apiKey: { key: $k } }) { accessToken } }",
        variables: { k: owner.key },
      }),
    }),
  },
  {
    name: "wrong passwords",
    clients: 20,
    request: (turn) => ({
      bytes: graph({
        query: "mutation ($c: Credentials!) { login(credentials: $c) { accessToken } }",
        variables: emailPassword(`victim${turn % 50}@example.com`, "wrong horse battery"),
      }),
    }),
  },
  {
    name: "payloads nested 20,000 deep, and an endpoint that answers for ever",
    clients: 4,
    request: (turn) => ({
      bytes: graph({
        query:
          "mutation ($p: JSONObject!) { login(credentials: { function: { payload: $p } }) { accessToken } }",
        variables: { p: turn % 2 ? nested(2_000) : { a: 1 } },
      }),
    }),
  },
  {
    name: "more than 50 wrong variables, subscriptions, null in @oneOf",
    clients: 4,
    request: (turn) => ({
      bytes: graph(
        [
          {
            query: `query (${Array.from({ length: 90 }, (_, index) => `$v${index}: Int!`).join(" ")}) { __typename }`,
          },
          { query: "subscription { x }" },
          {
            query: "mutation ($k: String) { login(credentials: { apiKey: $k }) { accessToken } }",
            variables: {},
          },
        ][turn % 3] as object,
      ),
    }),
  },
  {
    name: "bodies that never end",
    clients: 30,
    request: () => ({
      bytes:
        "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n{",
      seconds: 10,
    }),
  },
];

it(`answers within a second and keeps its memory for ${SECONDS} s of hostile requests`, async () => {
  for (let logins = 0; logins < 30; logins++) await ask(gateway.url, LOGIN);
  const before = await gateway.memory();
  const endWatch = watchLiveness(gateway.url);
  const over = new AbortController();
  const counts = new Map<string, Map<number, number>>();

  const runClient = async (attack: Attack, client: number): Promise<void> => {
    const statuses = counts.get(attack.name) ?? new Map<number, number>();
    counts.set(attack.name, statuses);
    for (let turn = client; !over.signal.aborted; turn += attack.clients) {
      const from = `127.0.${1 + (turn % 200)}.${1 + client}`;
      const { status } = await send({
        ...attack.request(turn),
        from,
        port: gateway.port,
        signal: over.signal,
      });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const crowd = async (): Promise<void> => {
    while (!over.signal.aborted) {
      await Promise.all(
        Array.from({ length: CROWD }, () =>
          send({
            bytes: "GET /livez HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
            port: gateway.port,
            signal: over.signal,
          }),
        ),
      );
      await new Promise((resolve) => setTimeout(resolve, 5_000));
    }
  };

  const honest: { logins: number; rejected: number; slowestMs: number } = {
    logins: 0,
    rejected: 0,
    slowestMs: 0,
  };
  const { accessToken: token } = (await ask(gateway.url, LOGIN)).data.loginAnonymous;
  const visit = async (): Promise<void> => {
    const me = "{ me { id } }";
    while (!over.signal.aborted) {
      const start = performance.now();
      const answer = await ask(gateway.url, me, { token }).catch(() => null);
      if (answer?.data?.me) honest.logins += 1;
      else honest.rejected += 1;
      honest.slowestMs = Math.max(honest.slowestMs, Math.round(performance.now() - start));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };

  // Strangers have machines of their own; here they share two processors with the gateway.
  setPriority(10);
  const work = attacks.flatMap((attack) =>
    Array.from({ length: attack.clients }, (_, client) => runClient(attack, client)),
  );
  const everything = Promise.all([...work, crowd(), visit()]);
  const timer = setInterval(() => {
    const sent = [...counts.values()].flatMap((each) => [...each.values()]).reduce((a, b) => a + b, 0);
    report(`  ${sent.toLocaleString("en")} hostile requests, ${honest.logins} honest answers`);
  }, 10_000);
  const end = Date.now() + SECONDS * 1_000;
  while (Date.now() < end && gateway.isAlive()) await new Promise((resolve) => setTimeout(resolve, 250));
  clearInterval(timer);
  over.abort();
  await everything;
  const { standstillMs } = await gateway.memory();
  const liveness = await endWatch();
  if (!gateway.isAlive()) throw new Error(`The gateway ended: ${gateway.log()}`);
  for (const [name, statuses] of counts) {
    report(
      `  ${name}: ${[...statuses].map(([status, count]) => `${status || "no answer"} × ${count}`).join(", ")}`,
    );
  }
  const settled = await untilSettled(before.heapUsed + KEPT_MB * 1_048_576);
  const mb = (bytes: number): number => Math.round(bytes / 1_048_576);
  report(
    `  /livez: ${JSON.stringify(liveness)}; event loop: ${standstillMs} ms at worst; honest: ${JSON.stringify(honest)}`,
  );
  report(
    `  heap ${mb(before.heapUsed)} → ${mb(settled.heapUsed)} MB, outside of it ${mb(before.external)} → ${mb(settled.external)} MB, resident ${mb(settled.rss)} MB, of ${HEAP_MB}`,
  );
  expect(liveness.failures).toBe(0);
  expect(liveness.slowestMs).toBeLessThan(1_000);
  expect(honest.logins).toBeGreaterThan(0);
  expect(honest.rejected).toBe(0);
  expect(mb(settled.heapUsed) - mb(before.heapUsed)).toBeLessThan(KEPT_MB);
  expect(mb(settled.external) - mb(before.external)).toBeLessThan(KEPT_MB);
  expect((await ask(gateway.url, "{ me { id } }", { token })).data.me.id).toBeTruthy();
  // What was sent must not have been kept in the log either, nor a stack.
  expect(gateway.log()).not.toMatch(/\n\s+at /);
  expect(gateway.log()).not.toContain("INTERNAL_SERVER_ERROR");
  expect((await askAdmin(gateway.url, "{ __typename }")).data).toBeTruthy();
});

/** Connections that were cut leave their memory within the time of the slowest timeout. */
async function untilSettled(heapBytes: number) {
  for (const deadline = Date.now() + 60_000; ; ) {
    const memory = await gateway.memory();
    if (memory.heapUsed < heapBytes || Date.now() > deadline) return memory;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}
