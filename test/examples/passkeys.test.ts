/** Passkeys in each browser example, in a real browser with its virtual authenticator. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { openBrowser } from "../support/browser.ts";
import { type Example, startExample } from "../support/example.ts";
import { expectReadable, PHONE } from "../support/phone-page.ts";
import { addDevice, type VirtualDevice } from "../support/virtual-device.ts";

describe.each(["apollo-client", "urql"])("%s", (name) => {
  let example: Example;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let device: VirtualDevice;
  const browserErrors: string[] = [];

  beforeAll(async () => {
    example = await startExample(name);
    browser = await openBrowser();
    context = await browser.newContext({ viewport: PHONE });
    context.setDefaultTimeout(10_000);
    page = await context.newPage();
    page.on("pageerror", (error) => browserErrors.push(String(error)));
    page.on("console", (message) => void (message.type() === "error" && browserErrors.push(message.text())));
    device = await addDevice(page, { isTouched: false });
    await untilListed(() => page.goto(example.url));
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await example?.stop();
  }, 30_000);

  const button = (text: string) => page.getByRole("button", { name: text, exact: true });
  const see = (text: string | RegExp): Promise<void> => page.getByText(text).waitFor();
  const userId = async (): Promise<string> =>
    String(await page.locator("code:not(:empty)").first().textContent());
  const press = (text: string): Promise<void> => button(text).click();
  /** Presses a button, and touches the device when it asks. */
  const touch = (text: string): Promise<void> => device.touch(() => press(text));
  /** Waits until the browser lists passkeys in the input of the email. */
  async function untilListed(act: () => Promise<unknown>): Promise<void> {
    const asked = page.waitForResponse((answer) =>
      Boolean(answer.request().postData()?.includes("UsePasskey")),
    );
    await act();
    await (await asked).finished();
  }
  async function becomeNewGuest(): Promise<string> {
    await page.evaluate("localStorage.clear()");
    await untilListed(() => page.reload());
    await see("You are a guest.");
    await button("Log in with a passkey").waitFor();
    return userId();
  }
  const formerIds = async (id: string): Promise<unknown> => {
    const { user } = await example.admin("query ($id: ID!) { user(id: $id) { formerIds } }", { id });
    return (user as { formerIds: string[] } | null)?.formerIds;
  };
  let owner = "";

  it("makes a guest permanent by a passkey, who keeps the id", async () => {
    await see("You are a guest.");
    owner = await userId();
    await button("Create account with a passkey").waitFor();
    await expectReadable(page);
    await touch("Create account with a passkey");
    await see("You are logged in");
    expect(await userId()).toBe(owner);
    expect(await device.list()).toMatchObject([{ isResidentCredential: true, rpId: "localhost" }]);
    expect(await button("Log in with a passkey").isVisible()).toBe(false);
    expect(await example.countUsers()).toBe(1);
  });

  it("logs in by the passkey after a logout", async () => {
    await untilListed(() => press("Log out"));
    await see("You are logged out.");
    expect(await button("Create account with a passkey").isVisible()).toBe(false);
    await touch("Log in with a passkey");
    await see("You are logged in");
    expect(await userId()).toBe(owner);
  });

  it("asks a guest who has an account whether to merge, and merges", async () => {
    const guest = await becomeNewGuest();
    await touch("Log in with a passkey");
    await see("You already have an account");
    await untilListed(() => press("Cancel"));
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    expect(await userId()).toBe(guest);
    await touch("Log in with a passkey");
    await press("Merge and log in");
    await see("You are logged in");
    expect(await userId()).toBe(owner);
    expect(await formerIds(owner)).toEqual([guest]);
  });

  it("logs in without the merge by another touch, and leaves the guest", async () => {
    const guest = await becomeNewGuest();
    await touch("Log in with a passkey");
    await see("You already have an account");
    await touch("Log in without merging");
    await see("You are logged in");
    expect(await userId()).toBe(owner);
    expect(await formerIds(owner)).not.toContain(guest);
    expect(await formerIds(guest)).toEqual([]);
  });

  it("lists passkeys in the input of the email, from which a guest merges", async () => {
    const guest = await becomeNewGuest();
    expect(await page.getByLabel("Email", { exact: true }).getAttribute("autocomplete")).toBe(
      "username webauthn",
    );
    // As the choice from the list: nothing is pressed.
    await device.touch(() => page.reload());
    await see("You already have an account");
    await press("Merge and log in");
    await see("You are logged in");
    expect(await formerIds(owner)).toContain(guest);
  });

  it("says that a passkey is no longer known, and that none was chosen, and other methods still work", async () => {
    await becomeNewGuest();
    await page.getByLabel("Email", { exact: true }).fill("ada@example.com");
    await page.getByLabel("Password").fill("correct horse battery");
    await press("Create account");
    await see("You are ada@example.com");
    await example.admin("mutation ($id: ID!) { deleteUser(id: $id) }", { id: owner });
    await becomeNewGuest();
    await touch("Log in with a passkey");
    await see("This passkey was not accepted. Try again.");
    await device.remove();
    device = await addDevice(page);
    await press("Log in with a passkey");
    await see("No passkey was chosen.");
    await device.remove();
    device = await addDevice(page, { isTouched: false });
    await page.getByLabel("Email", { exact: true }).fill("ada@example.com");
    await page.getByLabel("Password").fill("correct horse battery");
    await press("Log in");
    await see("You are ada@example.com");
  });

  it("shows passkeys only where they are enabled", async () => {
    await becomeNewGuest();
    await example.deploy("passkey", false);
    await press("Create account with a passkey");
    await see("This sign-in method is disabled.");
    await button("Log in with a passkey").waitFor({ state: "hidden" });
    expect(await button("Create account with a passkey").isVisible()).toBe(false);
    await page.getByLabel("Email", { exact: true }).waitFor();
  });

  it("logs no errors", () => {
    expect(browserErrors).toEqual([]);
  });
});
