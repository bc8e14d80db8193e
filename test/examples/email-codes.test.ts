/** Codes and links by email in each browser example, in a real browser, with a real mail server. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { openBrowser } from "../support/browser.ts";
import { type Example, startExample } from "../support/example.ts";
import { type MailServer, startMailServer } from "../support/mail-server.ts";
import { expectReadable, PHONE } from "../support/phone-page.ts";

describe.each(["apollo-client", "urql"])("%s", (name) => {
  let example: Example;
  let mailServer: MailServer;
  let browser: Browser;
  let page: Page;
  const browserErrors: string[] = [];

  beforeAll(async () => {
    mailServer = await startMailServer();
    example = await startExample(name, mailServer.settings);
    browser = await openBrowser();
    page = await browser.newPage({ viewport: PHONE });
    page.setDefaultTimeout(10_000);
    page.on("pageerror", (error) => browserErrors.push(String(error)));
    page.on("console", (message) => void (message.type() === "error" && browserErrors.push(message.text())));
    await page.goto(example.url);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await example?.stop();
    await mailServer?.down();
  }, 30_000);

  const press = (text: string): Promise<void> =>
    page.getByRole("button", { name: text, exact: true }).click();
  const isShown = (text: string): Promise<boolean> =>
    page.getByRole("button", { name: text, exact: true }).isVisible();
  const see = (text: string | RegExp): Promise<void> => page.getByText(text).waitFor();
  const userId = async (): Promise<string> =>
    String(await page.locator("code:not(:empty)").first().textContent());
  /** @returns what the email brings */
  async function askForCode(email: string): Promise<{ code: string; link: string }> {
    const before = mailServer.to(email).length;
    await page.getByLabel("Email for a code").fill(email);
    await press("Send a code");
    const { text = "" } = await mailServer.wait(email, before + 1);
    await see(`An email with a code was sent to ${email}.`);
    const [code, link] = [/^\d{6}$/m.exec(text)?.[0], /http\S+/.exec(text)?.[0]];
    return { code: String(code), link: String(link) };
  }
  async function becomeNewGuest(url = example.url): Promise<string> {
    await page.evaluate("localStorage.clear()");
    await page.goto(url);
    await see("You are a guest.");
    return userId();
  }
  const formerIds = async (id: string): Promise<unknown> => {
    const { user } = await example.admin("query ($id: ID!) { user(id: $id) { formerIds } }", { id });
    return (user as { formerIds: string[] } | null)?.formerIds;
  };
  let owner = "";

  it("makes a guest permanent by the code of an email, who keeps the id", async () => {
    await see("You are a guest.");
    owner = await userId();
    const { code } = await askForCode("ada@example.com");
    await expectReadable(page);
    await page.getByLabel("Code", { exact: true }).fill(code === "000000" ? "111111" : "000000");
    await press("Create account with the code");
    await see("This code or link is wrong or no longer valid. Ask for another one.");
    await page.getByLabel("Code", { exact: true }).fill(`${code.slice(0, 3)} ${code.slice(3)}`);
    await press("Create account with the code");
    await see("You are ada@example.com");
    expect(await userId()).toBe(owner);
    expect(await example.countUsers()).toBe(1);
  });

  it("logs in by a code after a logout", async () => {
    await press("Log out");
    await see("You are logged out.");
    const { code } = await askForCode("ada@example.com");
    expect(await isShown("Create account with the code")).toBe(false);
    await page.getByLabel("Code", { exact: true }).fill(code);
    await press("Log in with the code");
    await see("You are ada@example.com");
    expect(await userId()).toBe(owner);
  });

  it("asks a guest who has an account whether to merge, and merges", async () => {
    const guest = await becomeNewGuest();
    const { code } = await askForCode("ada@example.com");
    await page.getByLabel("Code", { exact: true }).fill(code);
    await press("Create account with the code");
    await see("You already have an account");
    // The code is used by now.
    expect(await isShown("Log in without merging")).toBe(false);
    await expectReadable(page);
    await press("Merge and log in");
    await see("You are ada@example.com");
    expect(await userId()).toBe(owner);
    expect(await formerIds(owner)).toEqual([guest]);
  });

  it("takes the link of an email after a click, in place of the code, and forgets it", async () => {
    await becomeNewGuest();
    const { link } = await askForCode("grace@example.com");
    expect(link.startsWith(`${example.url.replace(/\/$/, "")}/?token=`)).toBe(true);
    // Another device of the person: there it is another guest.
    const guest = await becomeNewGuest(link);
    await see("You opened the link of an email.");
    await expectReadable(page);
    await press("Create account with the link");
    await see("You are grace@example.com");
    expect(await userId()).toBe(guest);
    expect(page.url()).not.toContain("token");
    await becomeNewGuest(link);
    await press("Log in with the link");
    await see("This code or link is wrong or no longer valid. Ask for another one.");
    await press("Cancel");
    await page.getByLabel("Email for a code").waitFor();
    expect(page.url()).not.toContain("token");
  });

  it("shows codes only where they are enabled", async () => {
    await becomeNewGuest();
    await example.deploy("email-otp", false);
    await page.getByLabel("Email for a code").fill("ada@example.com");
    await press("Send a code");
    await see("This sign-in method is disabled.");
    await page.getByLabel("Email for a code").waitFor({ state: "hidden" });
    await page.getByLabel("Email", { exact: true }).waitFor();
  });

  it("logs no errors", () => {
    expect(browserErrors).toEqual([]);
  });
});
