/** The client in a real browser: several tabs, its network, its storage and its clock. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { Browser, BrowserContext } from "playwright-core";
import { openBrowser } from "../../support/browser.ts";
import { countRows, createDatabase, type Gateway, startGateway } from "../../support/gateway.ts";
import { openPage, run, servePage } from "./browser-pages.ts";

const ID = "passerby.session?.userId";
const ME = 'passerby.request("query Me { me { id } }").then(({ me }) => me.id)';
const EXPIRE = `(() => {
  const stored = JSON.parse(localStorage.getItem("passerby:session"));
  localStorage.setItem("passerby:session", JSON.stringify({ ...stored, refreshAt: 0 }));
})()`;
const NO_LOCKS = 'Object.defineProperty(Navigator.prototype, "locks", { value: undefined });';

let database: Awaited<ReturnType<typeof createDatabase>>;
let gateway: Gateway;
let browser: Browser;
let context: BrowserContext;
let sent: string[];

beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url });
  browser = await openBrowser();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await gateway.stop();
  await database.drop();
});
beforeEach(async () => {
  // Not closed after each test: closing a context would end this single-process browser.
  context = await browser.newContext();
  sent = [];
  context.on("request", (request) => {
    const operation = /(?:query|mutation) (\w+)/.exec(request.postData() ?? "")?.[1];
    if (operation) sent.push(operation);
  });
  await servePage(context, gateway.url);
  // This browser shares storage between contexts.
  const tab = await openTab();
  await tab.evaluate("localStorage.clear()");
  await tab.close();
});

const openTab = (...scripts: string[]) => openPage(context, gateway.url, ...scripts);

describe.each([
  ["Web Locks", []],
  ["no Web Locks, as on http", [NO_LOCKS]],
])("ten tabs, with %s", (_, scripts) => {
  it("make one guest when they open, and refresh once when its token has expired", async () => {
    const before = await countRows(gateway, "users");
    const tabs = [];
    for (let count = 0; count < 10; count++) tabs.push(await openTab(...scripts));
    const ids = await Promise.all(tabs.map((tab) => run(tab, ME)));
    expect(ids).toEqual(Array(10).fill(expect.stringMatching(/^[\w-]{20,}$/)));
    expect(new Set(ids).size).toBe(1);
    expect(await countRows(gateway, "users")).toBe(before + 1);
    const [first] = tabs;
    if (first) await run(first, EXPIRE);
    sent.length = 0;
    expect(await Promise.all(tabs.map((tab) => run(tab, ME)))).toEqual(ids);
    expect(sent.filter((each) => each !== "Me")).toEqual(["Refresh"]);
    for (const tab of tabs) await tab.close();
  });
});

it("a logout and the guest after it are seen in every tab", async () => {
  const [one, other] = [await openTab(), await openTab()];
  const id = await run(one, ME);
  await other.waitForFunction(`${ID} === "${id}"`);
  await run(one, "passerby.logout()");
  await other.waitForFunction("passerby.session === null && !passerby.state.isStarting");
  const next = await run(other, ME);
  expect(next).not.toBe(id);
  await one.waitForFunction(`${ID} === "${next}"`);
});

it("a page that opens while there is no network has a guest when there is", async () => {
  const tab = await openTab();
  await context.setOffline(true);
  expect(await run(tab, "passerby.getAccessToken()")).toBe("NO_RESPONSE");
  expect(await run(tab, "passerby.state")).toMatchObject({ isStarting: true, isOffline: true });
  await context.setOffline(false);
  await tab.waitForFunction("passerby.session && !passerby.state.isOffline", undefined, { timeout: 5_000 });
});

it("a browser that forbids storage has a guest for as long as the page", async () => {
  const tab = await openTab(
    'Object.defineProperty(globalThis, "localStorage", { get() { throw new DOMException("", "SecurityError"); } });',
  );
  const id = await run(tab, ME);
  expect(id).toEqual(expect.stringMatching(/^[\w-]{20,}$/));
  expect(await run(tab, ME)).toBe(id);
});

it("a clock that is set years back and ahead ends nothing", async () => {
  const tab = await openTab();
  const id = await run(tab, ME);
  for (const time of ["2001-01-01", "2040-01-01"]) {
    await tab.clock.setSystemTime(time);
    expect(await run(tab, ME)).toBe(id);
  }
});

it("a gateway that hangs is given up, and another attempt succeeds", async () => {
  const tab = await openTab("globalThis.options = { timeoutMs: 300 };");
  let isHanging = true;
  await context.route(`${gateway.url}/graphql`, (route) => (isHanging ? undefined : route.continue()));
  expect(await run(tab, "passerby.getAccessToken()")).toBe("NO_RESPONSE");
  isHanging = false;
  expect(await run(tab, "passerby.getAccessToken()")).toEqual(expect.stringContaining("."));
});
