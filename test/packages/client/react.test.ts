/** The hooks in a real browser: rendered on a server, hydrated, in Strict Mode, with Suspense. */
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, expect, it } from "@jest/globals";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { build } from "vite";
import { render } from "../../../packages/client/test/render.ts";
import { openBrowser } from "../../support/browser.ts";
import { countRows, createDatabase, type Gateway, startGateway } from "../../support/gateway.ts";

let database: Awaited<ReturnType<typeof createDatabase>>;
let gateway: Gateway;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let html: string;
const problems: string[] = [];

beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url });
  browser = await openBrowser();
  context = await browser.newContext();
  context.setDefaultTimeout(10_000);
  const script = await bundle();
  await context.route(`${gateway.url}/page`, (route) =>
    route.fulfill({ contentType: "text/html", body: html }),
  );
  await context.route(`${gateway.url}/page.js`, (route) =>
    route.fulfill({ contentType: "text/javascript", body: script }),
  );
  page = await context.newPage();
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await gateway.stop();
  await database.drop();
});
beforeEach(() => {
  problems.length = 0;
});

async function bundle(): Promise<string> {
  const result = await build({
    root: fileURLToPath(new URL("../../../packages/client/test/", import.meta.url)),
    configFile: false,
    logLevel: "error",
    // The development build of React, which runs effects twice and tells what differs.
    define: { "process.env.NODE_ENV": '"development"' },
    build: {
      write: false,
      minify: false,
      lib: { entry: "react-page.ts", formats: ["es"], fileName: "page" },
    },
  });
  const [{ output } = { output: [] }] = [result].flat() as { output: { code?: string }[] }[];
  return output.map(({ code = "" }) => code).join("");
}

type Initial = Parameters<typeof render>[0];

async function open(initial: Initial = null): Promise<void> {
  html = `<!doctype html><title>Page</title><div id="root">${render(initial)}</div><script type="module">
    import { hydrate } from "/page.js"; hydrate(${JSON.stringify(initial)});</script>`;
  await page.goto(`${gateway.url}/page`);
}
const user = (text: RegExp | string) => page.locator("code", { hasText: text });
const userId = async (): Promise<string> => String(await page.evaluate("passerby.session.userId"));
async function link(email: string): Promise<void> {
  await page.locator("input").fill(email);
  await page.getByRole("button", { name: "Link" }).click();
}
async function openAsGuest(): Promise<string> {
  await page.evaluate("localStorage.clear()");
  await open();
  await user(/ true$/).waitFor();
  return userId();
}

it("a server renders a visitor, and the page becomes one guest, without a difference to hydrate", async () => {
  const before = await countRows(gateway, "users");
  expect(render(null)).toContain("<code>starting</code>");
  await open();
  await user(/ true$/).waitFor();
  await page.locator("#slow", { hasText: `Query for ${await userId()}` }).waitFor();
  expect(await countRows(gateway, "users")).toBe(before + 1);
  await open();
  await user(await userId()).waitFor();
  expect(await page.evaluate("hydrationErrors")).toEqual([]);
  expect(problems).toEqual([]);
});

it("a server renders the user that it knows, whom the page hydrates with", async () => {
  const id = await openAsGuest();
  expect(render({ userId: id, isAnonymous: true })).toContain(`<code>${id} true</code>`);
  await open({ userId: id, isAnonymous: true });
  await user(id).waitFor();
  expect(await page.evaluate("hydrationErrors")).toEqual([]);
  expect(problems).toEqual([]);
});

it("a link shows the permanent user, and a conflict its three answers", async () => {
  const id = await openAsGuest();
  await link("not an email");
  await page.getByRole("alert").waitFor();
  await link("ada@example.com");
  await user(`${id} false`).waitFor();
  expect(await page.getByRole("alert").count()).toBe(0);

  const guest = await openAsGuest();
  await link("ada@example.com");
  await page.getByRole("button", { name: "Cancel" }).click();
  await user(`${guest} true`).waitFor();
  expect(await page.getByRole("button", { name: "Merge" }).count()).toBe(0);
  await link("ada@example.com");
  await page.getByRole("button", { name: "Switch" }).click();
  await user(`${id} false`).waitFor();

  await openAsGuest();
  await link("ada@example.com");
  await page.getByRole("button", { name: "Merge" }).click();
  await user(`${id} false`).waitFor();
  expect(problems).toEqual([]);
});
