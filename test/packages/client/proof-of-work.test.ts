/** What visitors of a page notice of a proof of work: nothing. */
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { Browser } from "playwright-core";
import { createPasserby } from "../../../packages/client/src/index.ts";
import { openBrowser } from "../../support/browser.ts";
import { countRows, createDatabase, type Gateway, startGateway } from "../../support/gateway.ts";
import { openPage, run, servePage } from "./browser-pages.ts";
import { createNetwork, firstTimes } from "./network.ts";

let database: Awaited<ReturnType<typeof createDatabase>>;
let gateway: Gateway;

beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url, settings: { GUEST_PROOF_OF_WORK: "always" } });
});
afterAll(async () => {
  await gateway.stop();
  await database.drop();
});

it("a guest is created with one, and is one user also when the answer to it was lost", async () => {
  const network = createNetwork(gateway.url);
  const passerby = createPasserby({ url: `${gateway.url}/graphql`, fetch: network.fetch });
  let logins = 0;
  network.fault = (operation) => (operation === "LogInAnonymously" && ++logins === 2 ? "LOST" : undefined);
  await passerby.getAccessToken();
  expect(network.sent).toEqual(Array(3).fill("LogInAnonymously"));
  expect(await countRows(gateway, "users")).toBe(1);
});

it("tabs that open at once solve one challenge", async () => {
  const before = await countRows(gateway, "users");
  const network = createNetwork(gateway.url);
  const items = new Map<string, string>();
  const storage = {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => items.set(key, value),
    removeItem: (key: string) => items.delete(key),
  };
  const url = `${gateway.url}/graphql`;
  const tabs = Array.from({ length: 5 }, () => createPasserby({ url, storage, fetch: network.fetch }));
  await Promise.all(tabs.map((tab) => tab.getAccessToken()));
  expect(network.sent).toEqual(Array(2).fill("LogInAnonymously"));
  expect(await countRows(gateway, "users")).toBe(before + 1);
});

it("a gateway that does not respond is waited for", async () => {
  const network = createNetwork(gateway.url);
  const passerby = createPasserby({ url: `${gateway.url}/graphql`, fetch: network.fetch });
  network.fault = firstTimes(2, "LogInAnonymously", "OFFLINE");
  await passerby.retry(() => passerby.getAccessToken());
  expect(passerby.session?.isAnonymous).toBe(true);
});

it("a page stays responsive meanwhile, under a policy that permits no other script", async () => {
  let browser: Browser | undefined;
  try {
    browser = await openBrowser();
    const context = await browser.newContext();
    await servePage(context, gateway.url);
    const page = await openPage(
      context,
      gateway.url,
      `const policy = document.createElement("meta");
       Object.assign(policy, { httpEquiv: "Content-Security-Policy", content: "worker-src 'none'" });
       addEventListener("DOMContentLoaded", () => document.head.append(policy));
       let last = performance.now();
       globalThis.longest = 0;
       setInterval(() => {
         longest = Math.max(longest, performance.now() - last);
         last = performance.now();
       }, 5);`,
    );
    await page.evaluate("longest = 0");
    expect(await run(page, "passerby.getAccessToken()")).toEqual(expect.stringContaining("."));
    expect(await page.evaluate("longest")).toBeLessThan(500);
  } finally {
    await browser?.close();
  }
});
