/** A database that answers and takes no writes: /readyz says so, without writing when all is well. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "@jest/globals";
import { codeOf, countRows, createDatabase, startGateway } from "../support/gateway.ts";

it("a full disk makes /readyz 503 until there is room, though no request comes to tell", async () => {
  const place = await createDatabase("sqlite");
  const gateway = await startGateway({ url: place.url });
  const login = () => gateway.graph("mutation { loginAnonymous { accessToken } }");
  const ready = async (): Promise<[number, string]> => {
    const response = await fetch(`${gateway.url}/readyz`);
    return [response.status, ((await response.json()) as { status: string }).status];
  };
  const { dataSource } = gateway.app.database;
  const changes = async () => (await dataSource.query("SELECT total_changes() AS count"))[0].count;

  const before = await changes();
  for (let i = 0; i < 20; i++) expect(await ready()).toEqual([200, "ready"]);
  expect(await changes()).toBe(before);

  await dataSource.query("PRAGMA max_page_count = 1");
  for (;;) if (codeOf(await login()) === "SERVICE_UNAVAILABLE") break;
  expect(await ready()).toEqual([503, "database cannot be written"]);
  expect((await fetch(`${gateway.url}/livez`)).status).toBe(200);
  const written = await countRows(gateway, "users");
  await sleep(3_100);
  // It looks again, and there is no room yet.
  expect(await ready()).toEqual([503, "database cannot be written"]);
  await dataSource.query("PRAGMA max_page_count = 1000000");
  let last = await ready();
  for (let i = 0; i < 100 && last[0] !== 200; i++) {
    await sleep(100);
    last = await ready();
  }
  expect(last).toEqual([200, "ready"]);
  expect(await countRows(gateway, "users")).toBe(written);
  expect(await countRows(gateway, "job_leases", "name = 'write-check'")).toBe(0);
  expect(codeOf(await login())).toBeUndefined();
  await gateway.stop();
  await place.drop();
});
