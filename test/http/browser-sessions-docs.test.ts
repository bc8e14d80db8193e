/** The code of docs/browser-sessions.md in a real browser: a copy of everything that a page's scripts can read refreshes nothing. */
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { openBrowser } from "../support/browser.ts";
import { createKeyClient } from "../support/dpop.ts";
import { codeOf, createDatabase, type Gateway, refresh, startGateway } from "../support/gateway.ts";
import { realTimeClock } from "../support/oauth.ts";

const docs = readFileSync(new URL("../../docs/browser-sessions.md", import.meta.url), "utf8");
const [, code = ""] = /```js\n(\/\/ dpop\.js[\s\S]*?)```/.exec(docs) ?? [];
const PAGE = `<!doctype html><title>A page</title>A page<script type="module">
  import { graph } from "/dpop.js";
  Object.assign(window, { graph });
  document.body.id = "ready";</script>`;
const PAYLOAD = "user { id } session { keyThumbprint } accessToken refreshToken";
const PUBLIC_URL = "http://localhost:4000";

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
let app: Server;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  app = createServer((request, response) => {
    const isCode = request.url === "/dpop.js";
    response.setHeader("content-type", isCode ? "text/javascript" : "text/html").end(isCode ? code : PAGE);
  });
  await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url, clock: realTimeClock(), settings: { PUBLIC_URL } });
  browser = await openBrowser();
  page = await browser.newPage();
  // The gateway's public URL, which is another than the port of this test.
  await page.route(`${PUBLIC_URL}/graphql`, async (route) => {
    const response = await route.fetch({ url: `${gateway.url}/graphql` });
    await route.fulfill({ response });
  });
  await page.goto(`http://127.0.0.1:${(app.address() as AddressInfo).port}`);
  await page.waitForSelector("#ready");
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await gateway.stop();
  app.closeAllConnections();
  app.close();
  await database.drop();
});

/** In the page, with the documented code. */
const graph = (query: string, more: { variables?: object; accessToken?: string } = {}) =>
  page.evaluate(
    // biome-ignore lint/suspicious/noExplicitAny: a function of the page
    ({ url, operation }) => (window as any).graph(url, operation),
    { url: `${PUBLIC_URL}/graphql`, operation: { query, ...more } },
  );
const logIn = async () => (await graph(`mutation { loginAnonymous { ${PAYLOAD} } }`)).data.loginAnonymous;
const REFRESH = `mutation ($t: String) { refreshSession(refreshToken: $t) { ${PAYLOAD} } }`;

it("the page logs in, asks and refreshes with its key, also after it was loaded again", async () => {
  const { user, session, accessToken, refreshToken } = await logIn();
  expect(session.keyThumbprint).toMatch(/^[\w-]{43}$/);
  const me = await graph("{ me { id } }", { accessToken });
  expect(me.data.me.id).toBe(user.id);
  await page.reload();
  await page.waitForSelector("#ready");
  const next = await graph(REFRESH, { variables: { t: refreshToken } });
  expect(next.data.refreshSession).toMatchObject({ user, session });
});

it("a copy of everything that scripts can read refreshes 0 times and reads nothing", async () => {
  const login = await logIn();
  await page.evaluate((tokens) => localStorage.setItem("session", JSON.stringify(tokens)), login);
  const copy = await page.evaluate(async () => {
    const opening = indexedDB.open("passerby", 1);
    const database = await new Promise<IDBDatabase>((resolve) => {
      opening.onsuccess = () => resolve(opening.result);
    });
    const reading = database.transaction("keys").objectStore("keys").get("dpop");
    const { privateKey, publicKey } = await new Promise<CryptoKeyPair>((resolve) => {
      reading.onsuccess = () => resolve(reading.result);
    });
    const exports = await Promise.all(
      (["jwk", "pkcs8", "raw"] as const).map((format) =>
        crypto.subtle.exportKey(format as "jwk", privateKey).catch((error: Error) => error.name),
      ),
    );
    const publicJwk = await crypto.subtle.exportKey("jwk", publicKey);
    return { exports, publicJwk, storage: { ...localStorage }, cookies: document.cookie };
  });
  expect(copy.exports).toEqual([
    "InvalidAccessError",
    "InvalidAccessError",
    expect.stringMatching(/InvalidAccessError|NotSupportedError/),
  ]);
  expect(JSON.stringify(copy.storage)).toContain(login.refreshToken);
  const thief = createKeyClient(gateway);
  const guesses = [
    await refresh(gateway, login.refreshToken),
    await thief.graph(REFRESH, { variables: { t: login.refreshToken } }),
    await createKeyClient(gateway, { ...thief.key, publicJwk: copy.publicJwk as never }).graph(REFRESH, {
      variables: { t: login.refreshToken },
    }),
    await gateway.graph("{ me { id } }", { token: login.accessToken }),
    await thief.graph("{ me { id } }", { token: login.accessToken }),
  ];
  expect(guesses.map(codeOf)).toEqual([
    "DPOP_REQUIRED",
    "INVALID_DPOP_PROOF",
    "INVALID_DPOP_PROOF",
    "UNAUTHENTICATED",
    "INVALID_DPOP_PROOF",
  ]);
  expect((await graph(REFRESH, { variables: { t: login.refreshToken } })).errors).toBeUndefined();
});
