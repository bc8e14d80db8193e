/** What every page of the console has around it. */
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type Console, openConsole } from "../support/console.ts";
import { createDatabase, type Gateway, startGateway } from "../support/gateway.ts";

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
let tab: Console;

beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url });
  tab = await openConsole(gateway);
}, 120_000);
afterAll(async () => {
  await tab?.close();
  await gateway?.stop();
  await database?.drop();
});

it("has no barriers, no errors, and asks nobody but the gateway", async () => {
  expect(await tab.findBarriers()).toEqual([]);
  expect(tab.complaints).toEqual([]);
});
