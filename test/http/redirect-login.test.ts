/** An app in a real browser, whose visitors keep their account by way of a provider's own page. */
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, it } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { openBrowser } from "../support/browser.ts";
import { countRows, createDatabase, type Gateway, startGateway } from "../support/gateway.ts";
import { type IdentityProvider, startIdentityProvider } from "../support/identity-provider.ts";
import { type LyingProvider, lies, startLyingProvider } from "../support/lying-provider.ts";
import { deployProvider, realTimeClock } from "../support/oauth.ts";

const html = readFileSync(new URL("../support/login-page.html", import.meta.url));
let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
let idp: IdentityProvider;
let liar: LyingProvider;
let app: Server;
let appUrl: string;
let provider = "company";
let browser: Browser;
let page: Page;

beforeAll(async () => {
  app = createServer((request, response) => {
    if (request.url !== "/config") return response.setHeader("content-type", "text/html").end(html);
    return response.end(JSON.stringify({ gateway: gateway.url, provider }));
  });
  await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
  appUrl = `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
  database = await createDatabase("sqlite");
  [gateway, idp, liar] = await Promise.all([
    startGateway({ url: database.url, clock: realTimeClock(), settings: { CORS_ORIGINS: appUrl } }),
    startIdentityProvider(`${appUrl}/callback`),
    startLyingProvider(`${appUrl}/callback`),
  ]);
  await deployProvider(gateway, { name: "company", type: "oidc", settings: idp.settings });
  await deployProvider(gateway, { name: "liar", type: "oidc", settings: liar.settings });
  browser = await openBrowser();
  page = await browser.newPage();
});
afterAll(async () => {
  await browser?.close();
  await Promise.all([gateway.stop(), idp.stop(), liar.stop()]);
  app.closeAllConnections();
  app.close();
  await database.drop();
});
beforeEach(async () => {
  provider = "company";
  await openAsStranger();
});

async function openAsStranger(): Promise<void> {
  await page.context().clearCookies();
  await page.goto(appUrl);
  await page.evaluate("sessionStorage.clear()");
  await page.reload();
  await isBack();
}
async function isBack(): Promise<void> {
  await page.waitForURL((url) => url.origin === appUrl);
  await page.waitForSelector("body[data-ready=yes]");
}
const said = (): Promise<string | null> => page.getByTestId("said").textContent();
const who = async (): Promise<{ id: string; kind: string }> => ({
  id: String(await page.getByTestId("user").textContent()),
  kind: String(await page.getByTestId("kind").textContent()),
});
async function lookAround(): Promise<string> {
  await page.getByRole("button", { name: "Look around" }).click();
  await page.getByTestId("kind").filter({ hasText: "a guest" }).waitFor();
  return (await who()).id;
}
async function keepAccountAs(person: string): Promise<void> {
  await page.getByRole("button", { name: "Keep my account" }).click();
  await page.getByLabel("Person").fill(person);
  await page.getByRole("button", { name: "Log in" }).click();
  await isBack();
}

it("a visitor keeps the id that the guest had", async () => {
  const id = await lookAround();
  await keepAccountAs("ada");
  expect(await said()).toBe("Welcome.");
  expect(await who()).toEqual({ id, kind: "known" });
  expect(await countRows(gateway, "login_flows")).toBe(0);
});

it("a visitor who has an account already is offered the merge, and keeps both", async () => {
  const old = await lookAround();
  await keepAccountAs("bob");
  await openAsStranger();
  const guest = await lookAround();
  await keepAccountAs("bob");
  expect(await said()).toBe("You have been here before.");
  expect(await who()).toEqual({ id: guest, kind: "a guest" });
  await page.getByRole("button", { name: "That was me" }).click();
  await page.getByTestId("kind").filter({ hasText: "known" }).waitFor();
  expect(await who()).toEqual({ id: old, kind: "known" });
  const { data } = await gateway.admin(`{ user(id: "${guest}") { id formerIds identities { provider } } }`);
  const providers = data.user.identities.map((each: { provider: string }) => each.provider);
  expect(data.user).toMatchObject({ id: old, formerIds: [guest] });
  expect(providers.sort()).toEqual(["anon-user", "anon-user", "company"]);
});

it("a visitor who turns round at the provider stays who they were", async () => {
  const id = await lookAround();
  await page.getByRole("button", { name: "Keep my account" }).click();
  await page.getByRole("link", { name: "Cancel" }).click();
  await isBack();
  expect(await said()).toBe("You turned round.");
  expect(await who()).toEqual({ id, kind: "a guest" });
});

it("a link that another user prepared does nothing", async () => {
  const id = await lookAround();
  await page.goto(`${appUrl}/callback?code=x&state=${"A".repeat(43)}`);
  await isBack();
  expect(await said()).toBe("This did not begin here.");
  expect(await who()).toEqual({ id, kind: "a guest" });
});

it.each([
  ["another nonce", async () => liar.signIdToken({ sub: "ada", nonce: "n" }, gateway.clock.now())],
  ["no token", async () => undefined],
])("a forged ID token logs no user in: %s", async (_, idToken) => {
  provider = "liar";
  liar.lies.token = async (response, request) => {
    const id_token = await idToken();
    lies.json({ access_token: "x", token_type: "Bearer", id_token })(response, request);
  };
  await openAsStranger();
  const id = await lookAround();
  const before = await Promise.all(["users", "identities", "sessions"].map((t) => countRows(gateway, t)));
  await page.getByRole("button", { name: "Keep my account" }).click();
  await page.waitForURL(`${appUrl}/`);
  await page
    .getByTestId("said")
    .filter({ hasText: /INVALID_CREDENTIALS|SERVICE_UNAVAILABLE/ })
    .waitFor();
  await isBack();
  expect(await who()).toEqual({ id, kind: "a guest" });
  expect(await Promise.all(["users", "identities", "sessions"].map((t) => countRows(gateway, t)))).toEqual(
    before,
  );
  expect(await countRows(gateway, "identities", "provider = 'liar'")).toBe(0);
});
