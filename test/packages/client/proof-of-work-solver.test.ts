/** Who does the work of guests, and what becomes of its solutions, in Node and in a real browser. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { createPasserby } from "../../../packages/client/src/index.ts";
import { solveChallenge } from "../../../packages/client/src/proof-of-work.ts";
import { openBrowser } from "../../support/browser.ts";
import { countRows, createDatabase, type Gateway, startGateway } from "../../support/gateway.ts";
import { realTimeClock } from "../../support/oauth.ts";
import { challengeOf, loginFrom } from "../../support/proof-of-work.ts";
import { openPage, run, servePage } from "./browser-pages.ts";

let database: Awaited<ReturnType<typeof createDatabase>>;
let gateway: Gateway;

beforeAll(async () => {
  database = await createDatabase("sqlite");
  const settings = { GUEST_PROOF_OF_WORK: "always", TRUST_PROXY: "1" };
  gateway = await startGateway({ url: database.url, clock: realTimeClock(), settings });
});
afterAll(async () => {
  await gateway.stop();
  await database.drop();
});

describe("in Node", () => {
  const client = (address: string) =>
    createPasserby({
      url: `${gateway.url}/graphql`,
      storage: memory(),
      fetch: (url, init) =>
        fetch(url, { ...init, headers: { ...(init?.headers as object), "x-forwarded-for": address } }),
    });
  it("a visitor becomes one guest", async () => {
    const before = await countRows(gateway, "users");
    const passerby = client("192.0.2.1");
    expect(await Promise.all([passerby.getAccessToken(), passerby.getAccessToken()])).toEqual(
      Array(2).fill(expect.stringMatching(/^ey/)),
    );
    expect(passerby.session?.isAnonymous).toBe(true);
    expect(await countRows(gateway, "users")).toBe(before + 1);
  });
  it("the proof of each level is what the gateway accepts", async () => {
    const { pace } = gateway.app.services.guestProofs;
    for (const guests of [0, 30, 60, 120]) {
      const address = `198.51.${guests}.7`;
      for (let guest = 0; guest < guests; guest++) {
        pace.count({ client: address, site: null }, +gateway.clock.now());
      }
      const challenge = challengeOf(await loginFrom(gateway, address)) as Parameters<
        typeof solveChallenge
      >[0];
      const answer = await loginFrom(gateway, address, { proof: (await solveChallenge(challenge)) ?? "" });
      expect(answer.errors).toBeUndefined();
    }
  });
  it("a visitor whose proofs are never enough gets the error", async () => {
    let asked = 0;
    const passerby = createPasserby({
      url: `${gateway.url}/graphql`,
      storage: memory(),
      fetch: async (url, init) => {
        asked += 1;
        const body = JSON.parse(String(init?.body));
        return fetch(url, {
          ...init,
          headers: { ...(init?.headers as object), "x-forwarded-for": "192.0.2.9" },
          body: JSON.stringify({ ...body, variables: { ...body.variables, proof: undefined } }),
        });
      },
    });
    await expect(passerby.getAccessToken()).rejects.toMatchObject({ code: "PROOF_OF_WORK_REQUIRED" });
    expect(asked).toBe(4);
  });
});

describe("in a browser", () => {
  const TOKEN = "passerby.getAccessToken().then((token) => typeof token)";
  let browser: Browser;
  let context: BrowserContext;
  const pages: Page[] = [];
  beforeAll(async () => {
    browser = await openBrowser();
  }, 60_000);
  afterAll(() => browser?.close());
  beforeEach(async () => {
    context = await browser.newContext({ extraHTTPHeaders: { "x-forwarded-for": "192.0.2.2" } });
    await servePage(context, gateway.url);
    const page = await open();
    await page.evaluate("localStorage.clear()");
    await page.reload();
    await page.waitForFunction("globalThis.passerby");
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.close();
  });
  const open = async (...scripts: string[]): Promise<Page> => {
    const page = await openPage(context, gateway.url, ...scripts);
    pages.push(page);
    return page;
  };

  it("a worker does the work, and ten tabs make one guest", async () => {
    const before = await countRows(gateway, "users");
    const workers: string[] = [];
    const tabs: Page[] = [];
    for (let tab = 0; tab < 10; tab++) {
      const page = await open();
      page.on("worker", (worker) => void workers.push(worker.url()));
      tabs.push(page);
    }
    expect(await Promise.all(tabs.map((page) => run(page, TOKEN)))).toEqual(Array(10).fill("string"));
    expect(await countRows(gateway, "users")).toBe(before + 1);
    expect(workers).toEqual([expect.stringMatching(/^blob:/)]);
  });
  it.each([
    ["there are no workers", "globalThis.Worker = undefined"],
    [
      "the page forbids workers",
      `document.head.append(Object.assign(document.createElement("meta"), {
        httpEquiv: "Content-Security-Policy", content: "worker-src 'none'" }))`,
    ],
  ])("a guest is created where %s", async (_, forbid) => {
    const page = await open();
    let workers = 0;
    page.on("worker", () => void workers++);
    await page.evaluate(forbid);
    expect(await run(page, TOKEN)).toBe("string");
    expect(workers).toBe(0);
  });
  it("on a page without WebCrypto, on plain http, the error says what is needed", async () => {
    const page = await open("Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined });");
    await page.evaluate("globalThis.Worker = undefined");
    expect(await run(page, TOKEN)).toBe("PROOF_OF_WORK_REQUIRED");
  });
});

function memory() {
  const items = new Map<string, string>();
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
}
