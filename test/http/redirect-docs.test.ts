/** The code of docs/openid-connect.md, in a real browser, with the package for front ends. */
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { openBrowser } from "../support/browser.ts";
import { type DocumentedApp, readExample, startDocumentedApp } from "../support/documented-app.ts";
import { createDatabase, type Gateway, startGateway } from "../support/gateway.ts";
import { type IdentityProvider, startIdentityProvider } from "../support/identity-provider.ts";
import { deployProvider, realTimeClock } from "../support/oauth.ts";

const [start = "", finish = ""] = readExample("docs/openid-connect.md").split("// 2. ");
const imports = start.match(/^import .*$/gm)?.join("\n") ?? "";

const scripts: Record<string, string> = {
  "/": 'import { passerby } from "./passerby.ts"; await passerby.loginAnonymous(); document.body.id = "ready";',
  "/start": start,
  "/callback": `${imports}
    const askWhetherToMerge = (conflict) => { Object.assign(window, { conflict }); document.title = conflict.provider; };
    // ${finish}
    document.body.id = "ready";`,
};

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
let idp: IdentityProvider;
let app: DocumentedApp;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  const pages = Object.entries(scripts).map(([path, script]) => {
    const content = `<body><script type="module">${script}</script>`;
    return [path, { type: "html" as const, content }];
  });
  app = await startDocumentedApp({
    hostname: "127.0.0.1",
    gatewayUrl: () => gateway.url,
    files: Object.fromEntries(pages),
  });
  database = await createDatabase("sqlite");
  [gateway, idp] = await Promise.all([
    startGateway({ url: database.url, clock: realTimeClock() }),
    startIdentityProvider(`${app.url}/callback`),
  ]);
  await deployProvider(gateway, { name: "company", type: "oidc", settings: idp.settings });
  browser = await openBrowser();
  page = await browser.newPage();
});
afterAll(async () => {
  await browser?.close();
  await Promise.all([gateway.stop(), idp.stop()]);
  app.close();
  await database.drop();
});

const stored = (): Promise<{ userId: string; isAnonymous: boolean }> =>
  page.evaluate("JSON.parse(localStorage.getItem('passerby:session'))");

async function openAsGuest(): Promise<void> {
  await page.context().clearCookies();
  await page.goto(app.url);
  await page.evaluate("localStorage.clear(); sessionStorage.clear()");
  await page.reload();
  await page.waitForSelector("#ready");
}
async function linkAs(person: string): Promise<void> {
  await page.goto(`${app.url}/start`);
  await page.getByLabel("Person").fill(person);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL(`${app.url}/callback?**`);
  await page.waitForSelector("#ready");
}

it("links the guest, who keeps its id, and stores the tokens of the permanent user", async () => {
  await openAsGuest();
  const { userId } = await stored();
  await linkAs("ada");
  expect(await stored()).toMatchObject({ userId, isAnonymous: false });
  expect(await page.title()).toBe("");
});

it("asks a guest who already has an account, and stores nothing before the answer", async () => {
  await openAsGuest();
  await linkAs("bob");
  await openAsGuest();
  const { userId } = await stored();
  await linkAs("bob");
  expect(await page.title()).toBe("company");
  expect(await stored()).toMatchObject({ userId, isAnonymous: true });
  await page.evaluate("conflict.merge().then(() => {})");
  expect(await stored()).toMatchObject({ isAnonymous: false });
});

it("sends nothing for a flow that did not start in this browser", async () => {
  await openAsGuest();
  const failure = page.waitForEvent("pageerror");
  await page.goto(`${app.url}/callback?code=x&state=${"A".repeat(43)}`);
  expect((await failure).message).toBe("This login was not started here. Start again.");
  expect(await page.locator("#ready").count()).toBe(0);
});
