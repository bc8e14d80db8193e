import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { v7 as uuidv7 } from "uuid";
import { openTables } from "./harness/fill.js";
import { compare } from "./harness/rounds.js";
import { freePort } from "./harness/stage.js";
import { cli, createDatabase, gatewaySettings, startGateway } from "./subjects/gateway.js";
import { logins } from "./subjects/graph-requests.js";
import { startReceiver } from "./subjects/receiver.js";

const DELIVERED = Number(process.env.BENCH_EVENTS ?? 10_000);
const PENDING = Number(process.env.BENCH_PENDING ?? 50_000);
const EXPIRED = Number(process.env.BENCH_EXPIRED ?? 10_000);
/** A PostgreSQL server, such as `postgres://postgres@127.0.0.1:5432`; absent: SQLite. */
const SERVER = process.env.BENCH_POSTGRES;

const DAY_MS = 86_400_000;
const ROWS_AT_ONCE = 10_000;
const DELIVERY_SECONDS = 120;
/** How long a backlog is watched, at most. */
const DRAIN_SECONDS = Number(process.env.BENCH_DRAIN_SECONDS ?? Math.min(60, PENDING / 4_000));
/** The maximum that an operator or a scrape should wait. */
const QUERY_MS = 500;
const count = (/** @type {number} */ value) => Math.round(value).toLocaleString("en");

/** @type {import("./harness/table.js").Benchmark} */
export const events = {
  name: "events",
  asks: `what do domain events cost on ${SERVER ? "PostgreSQL" : "SQLite"}, and how fast are they delivered?`,
  async measure(stage) {
    const withEndpoint = await compareLogins(stage);
    const delivery = await measureDelivery(stage);
    const backlog = await measureBacklog(stage);
    const expiry = await measureExpiry(stage);
    return {
      subjects: [...withEndpoint.subjects, ...backlog.subjects],
      ratios: [...withEndpoint.ratios, ...backlog.ratios],
      limits: [...delivery, ...backlog.limits, ...expiry],
    };
  },
};

/** @typedef {import("./harness/stage.js").Stage} Stage */

/** With an endpoint each login is an event, which the gateway delivers meanwhile. */
async function compareLogins(/** @type {Stage} */ stage) {
  const [without, withOne] = [await openGateway(stage), await openGateway(stage)];
  const receiver = await startReceiver(stage);
  await withOne.createEndpoint({ url: receiver.url, types: ["user.created"] });
  const result = await compare(
    stage,
    [
      {
        name: "an endpoint for user.created",
        server: withOne.server,
        scenario: logins(),
        settle: () => untilDelivered(withOne),
      },
      { name: "no endpoint", server: without.server, scenario: logins() },
    ],
    [{ of: "an endpoint for user.created", to: "no endpoint", atLeast: 0.8 }],
  );
  await Promise.all([without.server.stop(), withOne.server.stop()]);
  return result;
}

/** Resolves when nothing is pending. */
async function untilDelivered(/** @type {{ ask: (query: string) => Promise<any> }} */ { ask }) {
  const deadline = performance.now() + DELIVERY_SECONDS * 1_000;
  for (;;) {
    await sleep(100);
    const { webhookEndpoints } = await ask("{ webhookEndpoints { pendingDeliveries } }");
    if (webhookEndpoints.every(({ pendingDeliveries }) => pendingDeliveries === 0)) return;
    if (performance.now() > deadline)
      throw new Error(`Not all events were delivered within ${DELIVERY_SECONDS} s.`);
  }
}

/** From the commit of many events to the last delivery. */
async function measureDelivery(/** @type {Stage} */ stage) {
  const { server, url, ask, createEndpoint } = await openGateway(stage);
  const receiver = await startReceiver(stage);
  await createEndpoint({ url: receiver.url });
  const cpuBefore = await server.cpuMicroseconds();
  await insertEvents(url, DELIVERED);
  const begun = performance.now();
  while ((await receiver.received()) < DELIVERED) await sleep(50);
  await untilDelivered({ ask });
  const seconds = (performance.now() - begun) / 1_000;
  const cpu = ((await server.cpuMicroseconds()) - cpuBefore) / DELIVERED;
  await server.stop();
  return [
    {
      name: `delivery of a thousand events, of ${count(DELIVERED)} (${count(DELIVERED / seconds)} a second)`,
      value: (seconds / DELIVERED) * 1_000,
      below: 1,
      unit: "s",
    },
    { name: "CPU of a delivery", value: cpu, below: 1_000, unit: "µs" },
  ];
}

/** Logins with many pending deliveries, of an endpoint that does not answer; then one that receives them is watched. */
async function measureBacklog(/** @type {Stage} */ stage) {
  const [none, many] = [await openGateway(stage), await openGateway(stage)];
  const receiver = await startReceiver(stage);
  const dead = `http://127.0.0.1:${await freePort()}/`;
  const types = ["user.created"];
  await none.createEndpoint({ url: dead, types });
  const endpointId = await many.createEndpoint({ url: dead, types });
  const liveId = await many.createEndpoint({ url: receiver.url, types: ["user.deleted"], disabled: true });
  await insertEvents(many.url, PENDING, [endpointId, liveId]);
  const backlog = `${count(PENDING)} pending deliveries`;
  const result = await compare(
    stage,
    [
      { name: backlog, server: many.server, scenario: logins() },
      { name: "none pending", server: none.server, scenario: logins() },
    ],
    [{ of: backlog, to: "none pending", atLeast: 0.9 }],
  );
  await none.server.stop();

  const queryMs = await slowest(5, () =>
    many.ask("{ webhookEndpoints { pendingDeliveries parkedDeliveries } }"),
  );
  const metricsMs = await slowest(1, many.scrape);
  await many.ask(`mutation { updateWebhookEndpoint(id: "${liveId}", input: { disabled: false }) { id } }`);
  const received = await receiver.received();
  const begun = performance.now();
  const before = await many.server.heapMegabytes();
  let [growth, delivered, seconds] = [0, 0, 0];
  while (delivered < PENDING && seconds < DRAIN_SECONDS) {
    await sleep(Math.min(5, DRAIN_SECONDS) * 1_000);
    growth = Math.max(growth, (await many.server.heapMegabytes()) - before);
    delivered = (await receiver.received()) - received;
    seconds = (performance.now() - begun) / 1_000;
  }
  await many.server.stop();
  return {
    ...result,
    limits: [
      {
        name: `pendingDeliveries of two endpoints, ${backlog} each`,
        value: queryMs,
        below: QUERY_MS,
        unit: "ms",
      },
      { name: "metrics, the first time", value: metricsMs, below: QUERY_MS, unit: "ms" },
      {
        name: `growth of the heap while ${count(delivered)} of them are delivered (${count(delivered / seconds)} a second)`,
        value: growth,
        below: 16,
        unit: "MB",
      },
    ],
  };
}

/** By the command, so in a process of its own; with an endpoint that must confirm each user. */
async function measureExpiry(/** @type {Stage} */ stage) {
  const { server, url, createEndpoint } = await openGateway(stage);
  await createEndpoint({ url: `http://127.0.0.1:${await freePort()}/`, requiresReceipt: true });
  await server.stop();
  await insertGuests(url, EXPIRED);
  const run = async (/** @type {Record<string, string>} */ env) => {
    const begun = performance.now();
    await stage.runToEnd(cli, ["expire"], { ...gatewaySettings, DATABASE_URL: url, ...env });
    return (performance.now() - begun) / 1_000;
  };
  const guests = `${count(EXPIRED)} anonymous users`;
  const below = Math.max(2, (60 * EXPIRED) / 100_000);
  return [
    {
      name: `notices of ${guests}`,
      value: await run({ ANONYMOUS_USER_DAYS: "90", EXPIRY_NOTICE_DAYS: "60" }),
      below,
      unit: "s",
    },
    {
      name: `expiry of ${guests}`,
      value: await run({ ANONYMOUS_USER_DAYS: "30", EXPIRY_NOTICE_DAYS: "0" }),
      below,
      unit: "s",
    },
  ];
}

let databases = 0;

/** A gateway with a database of its own, whose endpoints may have private addresses. */
async function openGateway(/** @type {Stage} */ stage) {
  const url = SERVER ? await createPostgresDatabase(stage, SERVER) : `sqlite:${await createDatabase(stage)}`;
  const metricsPort = await freePort();
  const server = await startGateway(stage, {
    databaseUrl: url,
    env: { WEBHOOK_PRIVATE_ADDRESSES: "on", METRICS_PORT: String(metricsPort) },
  });
  const ask = async (/** @type {string} */ query, /** @type {object} */ variables = {}) => {
    const response = await fetch(`http://127.0.0.1:${server.port}/admin/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${gatewaySettings.ADMIN_KEY}` },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await response.json();
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  };
  return {
    server,
    url,
    ask,
    scrape: async () => (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text(),
    /** @returns {Promise<string>} its id */
    async createEndpoint({ disabled = false, ...input }) {
      const { createWebhookEndpoint } = await ask(
        "mutation ($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) { endpoint { id } } }",
        { input },
      );
      const { id } = createWebhookEndpoint.endpoint;
      if (disabled)
        await ask(`mutation { updateWebhookEndpoint(id: "${id}", input: { disabled: true }) { id } }`);
      return id;
    },
  };
}

async function createPostgresDatabase(/** @type {Stage} */ stage, /** @type {string} */ server) {
  const name = `passerby_bench_${process.pid}_${++databases}`;
  const run = async (/** @type {string} */ sql) => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  await run(`CREATE DATABASE ${name}`);
  stage.atEnd(() => run(`DROP DATABASE ${name} WITH (FORCE)`));
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** Of `times` calls, in milliseconds. */
async function slowest(/** @type {number} */ times, /** @type {() => Promise<unknown>} */ call) {
  let longest = 0;
  for (let time = 0; time < times; time++) {
    const begun = performance.now();
    await call();
    longest = Math.max(longest, performance.now() - begun);
  }
  return longest;
}

/** Events of a user each: without position; or with one, and pending for endpoints. */
async function insertEvents(
  /** @type {string} */ url,
  /** @type {number} */ number,
  /** @type {string[]} */ endpointIds = [],
) {
  const target = await openTables(url, { isEmpty: false });
  const isQueued = endpointIds.length > 0;
  const msecs = Date.now();
  for (let from = 0; from < number; from += ROWS_AT_ONCE) {
    const rows = Array.from({ length: Math.min(ROWS_AT_ONCE, number - from) }, (_each, index) => {
      const userId = uuidv7({ msecs });
      const user = { id: userId, isAnonymous: true, createdAt: new Date(msecs).toISOString() };
      const data = JSON.stringify({ user, provider: "anon-user" });
      const position = isQueued ? from + index + 1 : null;
      return [`evt_${uuidv7({ msecs })}`, "user.created", msecs, userId, data, position];
    });
    const deliveries = endpointIds.flatMap((endpointId) =>
      rows.map(([eventId, , , userId, , position]) => [
        ...[uuidv7({ msecs }), endpointId, eventId, position, userId, "PENDING", 0],
        ...[msecs, msecs, msecs + 3 * DAY_MS],
      ]),
    );
    await target.write({ events: rows, webhook_deliveries: deliveries });
  }
  if (isQueued) await target.run(`UPDATE counters SET value = ${number} WHERE name = 'event-position'`);
  await target.close();
}

/** Anonymous users of sixty days. */
async function insertGuests(/** @type {string} */ url, /** @type {number} */ number) {
  const target = await openTables(url, { isEmpty: false });
  for (let from = 0; from < number; from += ROWS_AT_ONCE) {
    const users = Array.from({ length: Math.min(ROWS_AT_ONCE, number - from) }, (_each, index) => {
      const msecs = Date.now() - 60 * DAY_MS + from + index;
      return [uuidv7({ msecs }), true, msecs, msecs, null, null];
    });
    const identities = users.map(([userId, , at]) => {
      const id = uuidv7({ msecs: Number(at) });
      return [id, userId, "anon-user", id, null, false, true, at, at];
    });
    const sessions = users.map(([userId, , at]) => [
      ...[uuidv7({ msecs: Number(at) }), userId, "anon-user", null, at, at, null, 0, null, null],
      ...["passerby-bench", "10.0.0.1"],
    ]);
    await target.write({ users, identities, sessions });
  }
  await target.close();
}
