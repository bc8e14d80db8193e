/** The tests of every browser example: in a real browser, observing the network. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { Browser, BrowserContext, Page, Request } from "playwright-core";
import { openBrowser } from "./browser.ts";
import { type Example, startExample } from "./example.ts";
import { expectReadable, PHONE } from "./phone-page.ts";

/** Runs in the page: sends ten different queries at once with the example's client. @returns the user ids in the responses */
export type AskTenTimes = (page: Page) => Promise<string[]>;

const root = new URL("../../", import.meta.url);
const PASSWORD = "correct horse battery";

export function visitExample(name: string, askTenTimes: AskTenTimes): void {
  let example: Example;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let requests: string[] = [];
  let rejected = 0;
  let isLosing = false;
  const browserErrors: string[] = [];

  beforeAll(async () => {
    example = await startExample(name, { RATE_LIMITS: "failedLogins=3/300" });
    browser = await openBrowser();
    context = await browser.newContext({ viewport: PHONE });
    context.setDefaultTimeout(10_000);
    context.on("request", (request: Request) => {
      if (!request.url().startsWith(example.url) && !request.url().startsWith("data:"))
        browserErrors.push(`request to ${request.url()}`);
      requests.push(operationOf(request));
    });
    context.on("response", (response) => {
      if (response.status() === 401) rejected += 1;
    });
    page = await openTab();
  });
  afterAll(async () => {
    await browser?.close();
    await example?.stop();
  });

  async function openTab(): Promise<Page> {
    const tab = await context.newPage();
    tab.on("pageerror", (error) => browserErrors.push(String(error)));
    tab.on("console", (message) => {
      // The browser logs each rejected token, which some tests expect.
      const isExpected =
        message.text().includes("a status of 401") || (isLosing && message.text().includes("ERR_FAILED"));
      if (message.type() === "error" && !isExpected) browserErrors.push(message.text());
    });
    await tab.goto(example.url);
    await tab.locator("code:not(:empty)").waitFor();
    return tab;
  }

  const userId = async (tab = page): Promise<string> => {
    const id = await tab.locator("code:not(:empty)").textContent();
    return String(id);
  };
  const operationOf = (request: Request): string =>
    /(?:query|mutation) (\w+)/.exec(request.postData() ?? "")?.[1] ?? "";
  const isOperation = (request: Request, name: string): boolean => operationOf(request) === name;
  const count = (operation: string): number => requests.filter((each) => each === operation).length;
  const press = (button: string): Promise<void> =>
    page.getByRole("button", { name: button, exact: true }).click();
  const see = (text: string | RegExp, tab = page): Promise<void> => tab.getByText(text).waitFor();
  const seeUser = (id: string, tab = page): Promise<void> => tab.locator("code", { hasText: id }).waitFor();
  async function enter(email: string, password: string, button: string): Promise<void> {
    await page.getByLabel("Email", { exact: true }).fill(email);
    await page.getByLabel("Password").fill(password);
    await press(button);
  }
  const changeStored = (changes: object): Promise<unknown> =>
    page.evaluate(`(() => {
      const key = "passerby:session";
      const session = { ...JSON.parse(localStorage.getItem(key)), ...${JSON.stringify(changes)} };
      localStorage.setItem(key, JSON.stringify(session));
    })()`);

  it("creates one guest at the first visit, the same after a reload and in another tab", async () => {
    await see("You are a guest.");
    const id = await userId();
    await page.reload();
    await seeUser(id);
    const other = await openTab();
    expect(await userId(other)).toBe(id);
    await other.close();
    expect(await example.countUsers()).toBe(1);
    expect(count("LogInAnonymously")).toBe(1);
  });

  it("refreshes once for ten queries whose token is rejected, and all ten succeed", async () => {
    const id = await userId();
    await changeStored({ accessToken: "not.a.token" });
    [requests, rejected] = [[], 0];
    expect(await askTenTimes(page)).toEqual(Array(10).fill(id));
    expect(rejected).toBe(10);
    expect(count("Refresh")).toBe(1);
  });

  it("refreshes once when the last rejection arrives late", async () => {
    await changeStored({ accessToken: "not.a.token" });
    [requests, rejected] = [[], 0];
    const refreshed = page.waitForResponse((answer) => isOperation(answer.request(), "Refresh"));
    await page.route("**/graphql", async (route, request) => {
      if (rejected < 10 && isOperation(request, "Ask9")) await refreshed;
      await route.continue();
    });
    expect(await askTenTimes(page)).toHaveLength(10);
    await page.unroute("**/graphql");
    expect(rejected).toBe(10);
    expect(count("Refresh")).toBe(1);
  });

  it("retries when the response to a refresh is lost", async () => {
    const id = await userId();
    await changeStored({ accessToken: "not.a.token" });
    [requests, isLosing] = [[], true];
    await page.route("**/graphql", async (route, request) => {
      if (count("Refresh") > 1 || !isOperation(request, "Refresh")) return route.continue();
      await route.fetch();
      await route.abort();
    });
    expect(await askTenTimes(page)).toEqual(Array(10).fill(id));
    await page.unroute("**/graphql");
    expect(count("Refresh")).toBe(2);
    isLosing = false;
  });

  it("keeps the session when there is no response, and answers when there is", async () => {
    const id = await userId();
    await changeStored({ refreshAt: 0 });
    isLosing = true;
    await page.route("**/graphql", (route) => route.abort());
    // Before the queries, whose wait shows the same message.
    await enter("ada@example.com", PASSWORD, "Create account");
    await page.getByText("The server did not respond. Try again in a moment.").first().waitFor();
    const failed = page.waitForEvent("requestfailed");
    const asked = askTenTimes(page);
    await failed;
    await page.unroute("**/graphql");
    await page.evaluate('dispatchEvent(new Event("online"))');
    expect(await asked).toEqual(Array(10).fill(id));
    isLosing = false;
  });

  it("refreshes before sending an expired token", async () => {
    await changeStored({ accessToken: "not.a.token", refreshAt: 0 });
    [requests, rejected] = [[], 0];
    expect(await askTenTimes(page)).toHaveLength(10);
    expect(rejected).toBe(0);
    expect(count("Refresh")).toBe(1);
  });

  it("refreshes once for two tabs", async () => {
    const id = await userId();
    const other = await openTab();
    await changeStored({ accessToken: "not.a.token" });
    [requests, rejected] = [[], 0];
    const answers = await Promise.all([askTenTimes(page), askTenTimes(other)]);
    expect(answers.flat()).toEqual(Array(20).fill(id));
    // The other tab may see the new token before it sends its queries.
    expect(rejected).toBeGreaterThanOrEqual(10);
    expect(count("Refresh")).toBe(1);
    await other.close();
  });

  it("keeps the id in every tab when the guest creates an account", async () => {
    const id = await userId();
    const other = await openTab();
    await enter("ada@example.com", "password", "Create account");
    await see(/one of the most common/);
    await enter("ada@example.com", PASSWORD, "Create account");
    for (const tab of [page, other]) {
      await see("You are ada@example.com", tab);
      expect(await userId(tab)).toBe(id);
    }
    expect(await example.countUsers()).toBe(1);
    await press("Log out");
    for (const tab of [page, other]) await see("You are logged out.", tab);
    await other.close();
  });

  it("creates a new guest at the next visit after a logout, which can be merged into the account", async () => {
    await page.reload();
    await see("You are a guest.");
    const guest = await userId();
    await enter("ada@example.com", "another password", "Create account");
    await see("Wrong email or password.");
    await expectReadable(page);
    await enter("ada@example.com", PASSWORD, "Create account");
    await see("You already have an account");
    await expectReadable(page);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    expect(await userId()).toBe(guest);
    await enter("ada@example.com", PASSWORD, "Create account");
    await press("Merge and log in");
    await see("You are ada@example.com");
    const id = await userId();
    expect(id).not.toBe(guest);
    const { user } = await example.admin("query ($id: ID!) { user(id: $id) { id formerIds } }", {
      id: guest,
    });
    expect(user).toEqual({ id, formerIds: [guest] });
  });

  it("explains that the session was ended elsewhere, and continues as a new guest", async () => {
    const id = await userId();
    const before = await example.countUsers();
    await example.endSessions(id);
    expect((await Promise.allSettled([askTenTimes(page)]))[0]?.status).toBe("rejected");
    await see("You were signed out. You continue as a new guest.");
    await see("You are a guest.");
    expect(await userId()).not.toBe(id);
    expect(await example.countUsers()).toBe(before + 1);
    await changeStored({ accessToken: "not.a.token" });
    await askTenTimes(page);
    await expectReadable(page);
    await press("OK");
    await page.getByRole("status").waitFor({ state: "hidden" });
  });

  it("does not send the previous user's request as the new guest", async () => {
    const id = await userId();
    await example.endSessions(id);
    await enter("grace@example.com", PASSWORD, "Create account");
    await see("You were signed out. You continue as a new guest.");
    await see("You are a guest.");
    const { users } = await example.admin('{ users(filter: { email: "grace" }) { totalCount } }');
    expect(users).toEqual({ totalCount: 0 });
  });

  it("logs in to an existing account, and shows when to retry after too many attempts", async () => {
    for (const _ of [1, 2, 3]) {
      await enter("unknown@example.com", PASSWORD, "Log in");
      await see("Wrong email or password.");
    }
    await enter("unknown@example.com", PASSWORD, "Log in");
    await see(/^Too many attempts. Try again in \d+ seconds.$/);
    await enter("ada@example.com", PASSWORD, "Log in");
    await see("You are ada@example.com");
    await press("Log out");
    await press("Continue as guest");
    await see("You are a guest.");
  });

  it("shows only enabled sign-in methods", async () => {
    await page.getByLabel("Email", { exact: true }).waitFor();
    await example.deploy("local-userpass", false);
    await enter("ada@example.com", PASSWORD, "Log in");
    await see("This sign-in method is disabled.");
    await see("Sign-in with email and password is disabled.");
    expect(await page.getByLabel("Email", { exact: true }).isVisible()).toBe(false);
    await example.deploy("local-userpass", true);
    await example.deploy("anon-user", false);
    await page.evaluate("localStorage.clear()");
    await page.reload();
    await see("You are logged out.");
    await page.getByRole("button", { name: "Log in", exact: true }).waitFor();
    await expectReadable(page);
    expect(await page.getByRole("button", { name: "Continue as guest" }).isVisible()).toBe(false);
    expect(await page.getByRole("button", { name: /^Create account/ }).isVisible()).toBe(false);
  });

  it("renders while the gateway does not respond, and creates a guest when it does", async () => {
    await example.deploy("anon-user", true);
    // Not closed here: closing a context would end this single-process browser.
    const tab = await (await browser.newContext()).newPage();
    let isReachable = false;
    await tab.route("**/graphql", (route) => (isReachable ? route.continue() : route.abort()));
    await tab.goto(example.url);
    await see("Connecting…", tab);
    expect(await tab.getByText("You are logged out.").isVisible()).toBe(false);
    isReachable = true;
    await tab.evaluate('dispatchEvent(new Event("online"))');
    await see("You are a guest.", tab);
    await tab.getByLabel("Email", { exact: true }).waitFor();
    expect(await tab.getByRole("alert").isVisible()).toBe(false);
  });

  it("shows the sign-in methods to a guest who was offline initially, without a reload", async () => {
    const context = await browser.newContext();
    const tab = await context.newPage();
    await tab.goto(example.url);
    await see("You are a guest.", tab);
    let isReachable = false;
    await tab.route("**/graphql", (route) => (isReachable ? route.continue() : route.abort()));
    await tab.reload();
    await tab.getByText("The server did not respond. Try again in a moment.").first().waitFor();
    isReachable = true;
    await tab.evaluate('dispatchEvent(new Event("online"))');
    await tab.getByLabel("Email", { exact: true }).waitFor();
    await tab.getByText("The server did not respond.").first().waitFor({ state: "hidden" });
  });

  it("is built", () => {
    execFileSync("npm", ["run", "build", "-w", `examples/${name}`], { cwd: root, stdio: "pipe" });
    const page = readFileSync(new URL(`examples/${name}/dist/index.html`, root), "utf8");
    const script = /<script[^>]* src="\/(\S+)"/.exec(page)?.[1];
    expect(existsSync(new URL(`examples/${name}/dist/${script}`, root))).toBe(true);
  });

  it("logs no errors and sends no requests to other hosts", () => {
    expect(browserErrors).toEqual([]);
  });
}
