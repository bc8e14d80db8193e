/** The code of docs/openid-connect.md, in a real browser, with the files of an example that it imports. */
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { transformSync } from "@swc/core";
import type { Browser, Page } from "playwright-core";
import { openBrowser } from "../support/browser.ts";
import { createDatabase, type Gateway, startGateway } from "../support/gateway.ts";
import { type IdentityProvider, startIdentityProvider } from "../support/identity-provider.ts";
import { deployProvider, realTimeClock } from "../support/oauth.ts";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const [, code = ""] = /```js\n(import \{ request \}[\s\S]*?)```/.exec(read("docs/openid-connect.md")) ?? [];
const [start = "", finish = ""] = code.split("// 2. ");
const imports = start.match(/^import .*$/gm)?.join("\n") ?? "";

const pages: Record<string, string> = {
  "/": 'import { logInAnonymously } from "./session.ts"; await logInAnonymously(); document.body.id = "ready";',
  "/start": start,
  "/callback": `${imports}
    const askWhetherToMerge = ({ mergeTicket }) => { document.title = mergeTicket; };
    // ${finish}
    document.body.id = "ready";`,
};

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
let idp: IdentityProvider;
let app: Server;
let appUrl: string;
let browser: Browser;
let page: Page;

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(String(request.url), appUrl);
  if (pathname === "/graphql") {
    const { authorization } = request.headers;
    const answer = await fetch(`${gateway.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(authorization && { authorization }) },
      body: await text(request),
    });
    response.setHeader("content-type", "application/json").end(await answer.text());
  } else if (pathname.endsWith(".ts")) {
    const source = read(`examples/urql/src${pathname}`);
    const { code } = transformSync(source, { jsc: { parser: { syntax: "typescript" }, target: "es2022" } });
    response.setHeader("content-type", "text/javascript").end(code);
  } else {
    const script = pages[pathname];
    response.statusCode = script === undefined ? 404 : 200;
    response.setHeader("content-type", "text/html").end(`<body><script type="module">${script}</script>`);
  }
}

beforeAll(async () => {
  app = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
  appUrl = `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
  database = await createDatabase("sqlite");
  [gateway, idp] = await Promise.all([
    startGateway({ url: database.url, clock: realTimeClock() }),
    startIdentityProvider(`${appUrl}/callback`),
  ]);
  await deployProvider(gateway, { name: "company", type: "oidc", settings: idp.settings });
  browser = await openBrowser();
  page = await browser.newPage();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await Promise.all([gateway.stop(), idp.stop()]);
  app.closeAllConnections();
  app.close();
  await database.drop();
});

const stored = (): Promise<{ userId: string; isAnonymous: boolean }> =>
  page.evaluate("JSON.parse(localStorage.getItem('passerby:session'))");

async function openAsGuest(): Promise<void> {
  await page.context().clearCookies();
  await page.goto(appUrl);
  await page.evaluate("localStorage.clear(); sessionStorage.clear()");
  await page.reload();
  await page.waitForSelector("#ready");
}
async function linkAs(person: string): Promise<void> {
  await page.goto(`${appUrl}/start`);
  await page.getByLabel("Person").fill(person);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL(`${appUrl}/callback?**`);
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
  expect(await page.title()).toMatch(/^pbm_/);
  expect(await stored()).toMatchObject({ userId, isAnonymous: true });
});

it("sends nothing for a flow that did not start in this browser", async () => {
  await openAsGuest();
  const failure = page.waitForEvent("pageerror");
  await page.goto(`${appUrl}/callback?code=x&state=${"A".repeat(43)}`);
  expect((await failure).message).toBe("This flow did not start here.");
  expect(await page.locator("#ready").count()).toBe(0);
});
