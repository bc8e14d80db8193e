/** A database that does not answer: every request ends within ten seconds, and the gateway recovers by itself. */
import { createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import pg from "pg";
import { createDataSource } from "../../src/database/data-source.ts";
import { openDatabase } from "../../src/database/database.ts";
import { isUnavailable } from "../../src/database/failures.ts";
import { explainFailure } from "../../src/start/start-failures.ts";
import { type FreezableProxy, startFreezableProxy } from "../support/freezable-proxy.ts";
import {
  type Answer,
  codeOf,
  countRows,
  createDatabase,
  type Gateway,
  loginAnonymously,
  me,
  refresh,
  startGateway,
} from "../support/gateway.ts";

const MAX_MS = 10_000;

const anonymous = (gateway: Gateway): Promise<Answer> =>
  gateway.graph("mutation { loginAnonymous { accessToken } }");

/** All of them answer in time that they cannot. */
async function expectUnavailable(ask: () => Promise<Answer>[]): Promise<void> {
  const began = performance.now();
  const answers = await Promise.all(ask());
  expect(performance.now() - began).toBeLessThan(MAX_MS);
  for (const answer of answers) {
    expect(codeOf(answer)).toBe("SERVICE_UNAVAILABLE");
    expect(answer.errors?.[0]?.extensions.retryAfterSeconds).toBeGreaterThanOrEqual(1);
    expect(JSON.stringify(answer)).not.toMatch(/ETIMEDOUT|PostgreSQL|SQLITE|stacktrace/);
  }
}

interface Stage {
  readonly place: Awaited<ReturnType<typeof createDatabase>>;
  readonly proxy: FreezableProxy;
  readonly gateway: Gateway;
}

/**
 * Each test has its own, and they run at the same time, because they wait for time limits. All are started before, so that no
 * start takes the time of a test that measures.
 */
const stages: Stage[] = [];
let needed = 0;

async function startStage(): Promise<Stage> {
  const place = await createDatabase("postgres");
  const url = new URL(place.url);
  const proxy = await startFreezableProxy({ host: url.hostname, port: Number(url.port) });
  url.port = String(proxy.port);
  const gateway = await startGateway({ url: url.href, settings: { DATABASE_POOL_SIZE: "5" } });
  return { place, proxy, gateway };
}

beforeAll(async () => {
  while (stages.length < needed) stages.push(await startStage());
});
afterAll(async () => {
  for (const { gateway, proxy, place } of stages) {
    await gateway.stop();
    await proxy.close();
    await place.drop();
  }
});

function onPostgres(test: (stage: Stage) => Promise<void>): () => Promise<void> {
  const index = needed++;
  return () => test(stages[index] as Stage);
}

it.concurrent(
  "PostgreSQL that goes silent under open connections rejects in time, and serves again without a restart",
  onPostgres(async ({ proxy, gateway }) => {
    const guest = await loginAnonymously(gateway);
    // So that connections are open and in use.
    await Promise.all(Array.from({ length: 20 }, () => me(gateway, guest.accessToken)));
    proxy.freeze();
    const ask = () => [
      ...Array.from({ length: 30 }, () => anonymous(gateway)),
      ...Array.from({ length: 10 }, () => me(gateway, guest.accessToken)),
      refresh(gateway, guest.refreshToken),
    ];
    await expectUnavailable(ask);
    // Now no connection is left, and new ones get no answer either.
    await expectUnavailable(ask);
    expect((await fetch(`${gateway.url}/livez`)).status).toBe(200);
    const began = performance.now();
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(503);
    expect(performance.now() - began).toBeLessThan(MAX_MS);

    proxy.thaw();
    expect(codeOf(await anonymous(gateway))).toBeUndefined();
    expect((await me(gateway, guest.accessToken)).data.me.id).toBe(guest.id);
    expect(codeOf(await refresh(gateway, guest.refreshToken))).toBeUndefined();
    // Those that were rejected were rejected.
    expect(await countRows(gateway, "users")).toBe(2);
  }),
);

it.concurrent(
  "PostgreSQL whose lock another client holds rejects in time, tells the server to stop, and writes nothing later",
  onPostgres(async ({ place, gateway }) => {
    const guest = await loginAnonymously(gateway);
    const other = new pg.Client({ connectionString: place.url });
    await other.connect();
    await other.query("BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE");
    await expectUnavailable(() => [
      ...Array.from({ length: 30 }, () => anonymous(gateway)),
      me(gateway, guest.accessToken),
      gateway.graph("mutation { deleteMe { deletedUserId } }", { token: guest.accessToken }),
    ]);
    for (;;) {
      const { rows } = await other.query(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      if (rows.length === 0) break;
      await other.query("SELECT pg_sleep(0.05)");
    }
    await other.query("ROLLBACK");
    await other.end();
    expect(await countRows(gateway, "users")).toBe(1);
    expect(codeOf(await anonymous(gateway))).toBeUndefined();
  }),
);

it.concurrent(
  "PostgreSQL takes longer for work that no client waits for",
  onPostgres(async ({ gateway }) => {
    const { long, reads } = gateway.app.database;
    const error = await reads.query("SELECT pg_sleep(7)").catch((error) => error);
    expect(isUnavailable(error)).toBe(true);
    await long.reads.query("SELECT pg_sleep(7)");
    const [{ statement_timeout: outside }] = await long.reads.query("SHOW statement_timeout");
    expect(outside).toBe("0");
    const [inside] = await gateway.app.database.writes.transaction((manager) =>
      manager.query("SHOW statement_timeout"),
    );
    expect(inside.statement_timeout).toBe("6s");
  }),
);

it.concurrent(
  "PostgreSQL that is slow keeps no more than a thousand waiting, and rejects the others at once",
  onPostgres(async ({ gateway }) => {
    const { reads } = gateway.app.database;
    let answered = 0;
    const began = performance.now();
    const outcomes = Array.from({ length: 1_500 }, () =>
      reads.query("SELECT pg_sleep(4)").then(
        () => true,
        (error) => {
          answered += 1;
          expect(isUnavailable(error)).toBe(true);
          return false;
        },
      ),
    );
    await new Promise(setImmediate);
    expect(answered).toBeGreaterThanOrEqual(490);
    const succeeded = (await Promise.all(outcomes)).filter(Boolean).length;
    expect(performance.now() - began).toBeLessThan(MAX_MS);
    // As many as there are connections.
    expect(succeeded).toBeLessThanOrEqual(5);
    expect(codeOf(await anonymous(gateway))).toBeUndefined();
  }),
);

it.concurrent(
  "PostgreSQL that became read-only is left: no connection to it is used again",
  onPostgres(async ({ place, gateway }) => {
    await loginAnonymously(gateway);
    const admin = new pg.Client({ connectionString: place.url });
    await admin.connect();
    const { database } = admin;
    await admin.query(`ALTER DATABASE ${database} SET default_transaction_read_only = on`);
    await admin.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()",
      [database],
    );
    const rejected = await Promise.all(Array.from({ length: 8 }, () => anonymous(gateway)));
    for (const answer of rejected) expect(codeOf(answer)).toBe("SERVICE_UNAVAILABLE");
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(503);
    await admin.query(
      `SET default_transaction_read_only = off; ALTER DATABASE ${database} RESET default_transaction_read_only`,
    );
    // The gateway is not told, and its connections from before would still be read-only.
    for (let i = 0; i < 8; i++) expect(codeOf(await anonymous(gateway))).toBeUndefined();
    let status = 0;
    for (let i = 0; i < 100 && status !== 200; i++) {
      status = (await fetch(`${gateway.url}/readyz`)).status;
      await sleep(100);
    }
    expect(status).toBe(200);
    await admin.end();
  }),
);

const handshake = Buffer.concat([
  Buffer.from("R\0\0\0\b\0\0\0\0", "latin1"),
  Buffer.from("K\0\0\0\f\0\0\0\x01\0\0\0\x02", "latin1"),
  Buffer.from("Z\0\0\0\x05I", "latin1"),
]);
it.concurrent.each([
  ["from the beginning", null],
  ["after the handshake", handshake],
])(
  "a server that accepts and says nothing %s ends the start in time, with a sentence",
  async (_, greeting) => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.once("data", () => greeting && socket.write(greeting));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const began = performance.now();
    const error = await openDatabase({ url: `postgres://a:b@127.0.0.1:${port}/c` }).catch((error) => error);
    expect(performance.now() - began).toBeLessThan(MAX_MS);
    expect(explainFailure(error)).toMatch(/^The database .*DATABASE_URL.*\.$/);
    for (const socket of sockets) socket.destroy();
    server.close();
  },
);

it.concurrent("SQLite that another process keeps locked rejects writes in time, answers reads, and writes nothing later", async () => {
  const place = await createDatabase("sqlite");
  const gateway = await startGateway({ url: place.url });
  const guest = await loginAnonymously(gateway);
  const other = await createDataSource(place.url).initialize();
  await other.query("BEGIN IMMEDIATE");
  const writes = expectUnavailable(() => [
    ...Array.from({ length: 30 }, () => anonymous(gateway)),
    gateway.graph("mutation { deleteMe { deletedUserId } }", { token: guest.accessToken }),
  ]);
  expect((await me(gateway, guest.accessToken)).data.me.id).toBe(guest.id);
  await writes;
  await other.query("ROLLBACK");
  await other.destroy();
  expect(codeOf(await anonymous(gateway))).toBeUndefined();
  expect(await countRows(gateway, "users")).toBe(2);
  await gateway.stop();
  await place.drop();
});
