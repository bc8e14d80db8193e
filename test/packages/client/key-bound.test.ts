/** Key-bound sessions of the client (DPoP): what a thief of tokens gets, and what happens to the key. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { parse } from "graphql";
import type { Browser, BrowserContext } from "playwright-core";
import { createPasserby, type Passerby } from "../../../packages/client/src/index.ts";
import { createApollo, createUrql } from "../../../packages/client/test/clients.ts";
import { openBrowser } from "../../support/browser.ts";
import { codeOf, createDatabase, type Gateway, refresh, startGateway } from "../../support/gateway.ts";
import { openPage, run, servePage } from "./browser-pages.ts";
import { createNetwork, type Network } from "./network.ts";

/** `PUBLIC_URL` of the gateway, for which proofs are. */
const ORIGIN = "http://localhost:4000";

let database: Awaited<ReturnType<typeof createDatabase>>;
let gateway: Gateway;

beforeAll(async () => {
  database = await createDatabase("sqlite");
  // Its clock is months behind that of this machine, as that of a device may be.
  gateway = await startGateway({ url: database.url, settings: { REQUIRE_DPOP: "all", PUBLIC_URL: ORIGIN } });
});
afterAll(async () => {
  await gateway.stop();
  await database.drop();
});

describe("in Node", () => {
  let network: Network;
  let tab: Passerby;
  beforeEach(() => {
    network = createNetwork(gateway.url);
    tab = createPasserby({ url: `${ORIGIN}/graphql`, fetch: network.fetch, keyBound: true });
  });
  const me = async (): Promise<string> =>
    (await tab.request<{ me: { id: string } }>("query Me { me { id } }")).me.id;

  it("a guest is bound to the key, and stays with it when promoted and merged", async () => {
    const id = await me();
    const credentials = { emailPassword: { email: "ada@example.com", password: "correct horse battery" } };
    expect(await tab.link(credentials)).toEqual({ linked: { userId: id, isAnonymous: false } });
    await tab.logout();
    const guest = await me();
    const { conflict } = await tab.link(credentials);
    expect(await conflict?.merge()).toEqual({ userId: id, isAnonymous: false });
    const { user } = (
      await gateway.admin("query ($id: ID!) { user(id: $id) { id } }", { variables: { id: guest } })
    ).data;
    expect(user.id).toBe(id);
  });

  it("each request has a proof of its own, also those of the adapters", async () => {
    const id = await me();
    const document = "query Me { me { id } }";
    const { data } = await createApollo(tab, network.fetch).query<{ me: { id: string } }>({
      query: parse(document),
    });
    const answer = await createUrql(tab, network.fetch).query(document, {});
    const response = await tab.fetch(`${ORIGIN}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: document }),
    });
    const ids = [data?.me.id, answer.data?.me.id, (await response.json()).data.me.id];
    expect(ids).toEqual([id, id, id]);
  });

  it("a client without a key is told that one is required", async () => {
    const without = createPasserby({ url: `${ORIGIN}/graphql`, fetch: network.fetch });
    await expect(without.getAccessToken()).rejects.toMatchObject({ code: "DPOP_REQUIRED" });
    expect(without.state).toMatchObject({
      session: null,
      isStarting: false,
      error: { code: "DPOP_REQUIRED" },
    });
  });
});

describe("in a browser", () => {
  const ME = 'passerby.request("query Me { me { id } }").then(({ me }) => me.id)';
  let browser: Browser;
  let context: BrowserContext;

  beforeAll(async () => {
    browser = await openBrowser();
    context = await browser.newContext();
    await servePage(context, ORIGIN);
    await context.route(`${ORIGIN}/graphql`, async (route) =>
      route.fulfill({ response: await route.fetch({ url: `${gateway.url}/graphql` }) }),
    );
  }, 60_000);
  afterAll(() => browser?.close());
  const openTab = () => openPage(context, ORIGIN, "globalThis.options = { keyBound: true };");

  it("ten tabs and the next page have one key and one guest, and its tokens are worth nothing elsewhere", async () => {
    const tabs = [];
    for (let count = 0; count < 10; count++) tabs.push(await openTab());
    const ids = await Promise.all(tabs.map((tab) => run(tab, ME)));
    expect(ids).toEqual(Array(10).fill(expect.stringMatching(/^[\w-]{20,}$/)));
    expect(new Set(ids).size).toBe(1);
    const next = await openTab();
    expect(await run(next, ME)).toBe(ids[0]);
    const stored = JSON.parse(await next.evaluate('localStorage.getItem("passerby:session")'));
    expect((await gateway.graph("{ me { id } }", { token: stored.accessToken })).status).toBe(401);
    expect(codeOf(await refresh(gateway, stored.refreshToken))).toBe("DPOP_REQUIRED");
    expect(await run(next, ME)).toBe(ids[0]);
    for (const tab of tabs) await tab.close();
  });

  it("scripts cannot read the key", async () => {
    const tab = await openTab();
    await run(tab, ME);
    const read = await run(
      tab,
      `new Promise((resolve, reject) => {
        const opening = indexedDB.open("passerby:session");
        opening.onerror = reject;
        opening.onsuccess = () => {
          const reading = opening.result.transaction("keys").objectStore("keys").get("session");
          reading.onsuccess = () => crypto.subtle.exportKey("pkcs8", reading.result.privateKey).then(resolve, reject);
        };
      })`,
    );
    expect(read).toMatch(/InvalidAccessError|key is not extractable/);
  });

  it("a key that was deleted ends the session, and a new guest follows", async () => {
    const tab = await openTab();
    const id = await run(tab, ME);
    await tab.evaluate(`new Promise((resolve) => {
      const opening = indexedDB.open("passerby:session");
      opening.onsuccess = () => {
        const keys = opening.result.transaction("keys", "readwrite").objectStore("keys");
        keys.clear().onsuccess = resolve;
      };
    })`);
    await tab.close();
    const next = await openTab();
    expect(await run(next, ME)).toBe("KEY_LOST");
    expect(await run(next, "passerby.state.notice")).toBe("KEY_LOST");
    expect(await run(next, ME)).not.toBe(id);
  });
});
