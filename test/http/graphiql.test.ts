/** The walkthrough in a real browser, without copying any value by hand. */

import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { findViolations, WCAG } from "../support/accessibility.ts";
import { openBrowser } from "../support/browser.ts";
import { createDatabase, type Gateway, startGateway } from "../support/gateway.ts";
import { runStep } from "../support/graphiql.ts";

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
let browser: Browser;
let page: Page;
const browserErrors: string[] = [];

beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url });
  browser = await openBrowser();
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.on("console", (message) => void (message.type() === "error" && browserErrors.push(message.text())));
  page.on("pageerror", (error) => void browserErrors.push(String(error)));
  page.on("request", (request) => {
    if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(gateway.url))
      browserErrors.push(`request to ${request.url()}`);
  });
  await page.goto(`${gateway.url}/graphiql`);
  await page.waitForSelector(".graphiql-execute-button");
});
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
  await database?.drop();
});

const run = (step: number) => runStep(page, step);
// biome-ignore lint/suspicious/noExplicitAny: results are checked by the assertions
const field = async (step: number, name: string): Promise<any> => (await run(step)).data[name];

it("logs in anonymously, links an email, keeps the user id, logs out, logs in again, and merges a guest", async () => {
  const { user } = await field(1, "loginAnonymous");
  expect(user.isAnonymous).toBe(true);
  expect(await field(2, "me")).toMatchObject({ id: user.id, isAnonymous: true });
  expect(await page.getByTestId("user").textContent()).toBe(user.id);
  expect(await page.getByTestId("kind").textContent()).toBe("anonymous");
  expect((await field(3, "linkIdentity")).user).toMatchObject({ id: user.id, isAnonymous: false });
  expect(await field(2, "me")).toMatchObject({ id: user.id, isAnonymous: false });
  expect(await page.getByTestId("kind").textContent()).toBe("permanent");
  expect(await field(4, "logout")).toEqual({ sessionsEnded: 1 });
  expect(await field(2, "me")).toBeNull();
  expect((await field(5, "login")).user.id).toBe(user.id);
  const guest = (await field(1, "loginAnonymous")).user;
  expect(guest.id).not.toBe(user.id);
  expect(await field(3, "linkIdentity")).toMatchObject({ provider: "local-userpass" });
  expect((await field(6, "mergeUser")).user).toMatchObject({ id: user.id, formerIds: [guest.id] });
  expect(await field(2, "me")).toMatchObject({ id: user.id });
  expect((await field(7, "authProviders")).map((each: { name: string }) => each.name)).toEqual([
    "anon-user",
    "local-userpass",
  ]);
  expect(browserErrors).toEqual([]);
});

it("copies the token of the last login to the headers of a tab", async () => {
  await page.getByRole("button", { name: "Copy token to headers" }).click();
  await page.getByRole("button", { name: "Headers", exact: true }).click();
  await page.locator(".graphiql-editor-tool", { hasText: "Authorization" }).waitFor();
});

it("explains how an operator enables the provider that step 3 needs", async () => {
  const set = (enabled: boolean) =>
    gateway.admin(
      `mutation { saveProvider(input: { name: "local-userpass", enabled: ${enabled} }) { revision } deploy { version } }`,
    );
  const hint = page.getByRole("status").filter({ hasText: "is disabled" });
  await field(1, "loginAnonymous");
  await set(false);
  await expect(run(3)).rejects.toThrow("PROVIDER_DISABLED");
  await hint.waitFor();
  const address = await hint.getByRole("link", { name: "in the console" }).getAttribute("href");
  expect(address).toBe(`${gateway.url}/console/authentication/providers/local-userpass`);
  expect(await hint.textContent()).toContain(
    "npx passerby config set local-userpass on\nnpx passerby config review\nnpx passerby config deploy",
  );
  expect(await page.locator(".graphiql-query-editor").textContent()).toMatch(/npx\spasserby\sconfig\sdeploy/);
  expect(await findSchemeViolations()).toEqual([]);
  await set(true);
  await run(2);
  await hint.waitFor({ state: "detached" });
  expect(browserErrors.splice(0)).toEqual([]);
});

/** The violations found by axe in both color schemes, except GraphiQL's tabs, which contain their close buttons. */
async function findSchemeViolations(): Promise<string[]> {
  const lines: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page
      .locator(`.monaco-editor.${colorScheme === "dark" ? "vs-dark" : "vs"}`)
      .first()
      .waitFor();
    const found = await findViolations(page, {
      ...WCAG,
      rules: { "nested-interactive": { enabled: false } },
    });
    lines.push(...found.map((line) => `${colorScheme}: ${line}`));
  }
  await page.emulateMedia({ colorScheme: "light" });
  return lines;
}

it("has sufficient contrast, and no button smaller than 24 px", async () => {
  expect(await findSchemeViolations()).toEqual([]);
  const small = await page.getByRole("button").evaluateAll((buttons) =>
    buttons
      .map((button) => ({ html: button.outerHTML.slice(0, 120), box: button.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (box.width < 24 || box.height < 24))
      .map(({ html }) => html),
  );
  expect(small).toEqual([]);
});

it("shows the open tab and buttons in a contrast theme", async () => {
  await page.emulateMedia({ forcedColors: "active" });
  const look = (selector: string, property: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);
  expect(await look(".graphiql-tab-active", "outline-style")).toBe("solid");
  expect(await look(".graphiql-tab:not(.graphiql-tab-active)", "outline-style")).toBe("none");
  expect(await look(".passerby-buttons button", "border-top-style")).toBe("solid");
  expect(await look(".graphiql-execute-button > svg path", "fill")).not.toBe(
    await look(".graphiql-execute-button", "background-color"),
  );
  await page.emulateMedia({ forcedColors: "none" });
});

it("fits a phone: a tab runs by touch, and its response is visible", async () => {
  const phone = await openBrowser();
  try {
    const screen = { width: 390, height: 844 };
    const small = await phone.newPage({ viewport: screen, hasTouch: true, isMobile: true });
    await small.goto(`${gateway.url}/graphiql`);
    await small.locator(".graphiql-query-editor", { hasText: /#\s1\./ }).waitFor();
    await small.waitForTimeout(300);
    const tab = small.locator(".graphiql-tab-button").first();
    const execute = small.locator(".graphiql-execute-button");
    await tab.tap();
    await execute.tap();
    const answer = small.locator(".result-window .view-line", { hasText: "loginAnonymous" });
    await answer.waitFor();
    for (const part of [tab, execute, answer, small.locator(".result-window")]) {
      const box = await part.boundingBox();
      if (!box) throw new Error(`${part} is not shown`);
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.y).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(screen.width);
      expect(box.y + box.height).toBeLessThanOrEqual(screen.height);
    }
    expect((await small.locator(".result-window").boundingBox())?.width).toBeGreaterThan(300);
    await small.getByRole("button", { name: "Show Session" }).tap();
    expect(await small.getByTestId("kind").textContent()).toBe("anonymous");
    await small.getByRole("button", { name: "Hide Session" }).tap();
    const titles = await small.locator(".graphiql-tab-button").allTextContents();
    const cdp = await small.context().newCDPSession(small);
    for (let x = 300; x > 60; x -= 10) {
      const type = x === 300 ? "touchStart" : "touchMove";
      await cdp.send("Input.dispatchTouchEvent", { type, touchPoints: [{ x, y: 24 }] });
      await small.waitForTimeout(16);
    }
    await cdp.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    expect(await small.locator(".graphiql-tabs").evaluate((tabs) => tabs.scrollLeft)).toBeGreaterThan(100);
    expect(await small.locator(".graphiql-tab-button").allTextContents()).toEqual(titles);
    await small.locator(".graphiql-tab-button").last().tap();
    await small.locator(".graphiql-query-editor", { hasText: /#\s13\./ }).waitFor();
  } finally {
    await phone.close();
  }
});

it("names the provider that a code by email needs", async () => {
  await expect(run(12)).rejects.toThrow("PROVIDER_DISABLED");
  const hint = page.getByRole("status").filter({ hasText: "is disabled" });
  await hint.waitFor();
  expect(await hint.textContent()).toContain("npx passerby config set email-otp on\n");
  await run(7);
  await hint.waitFor({ state: "detached" });
  expect(browserErrors.splice(0)).toEqual([]);
});
