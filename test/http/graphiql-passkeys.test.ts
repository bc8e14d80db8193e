/** Passkeys in GraphiQL's walkthrough, in a real browser with its virtual authenticator, without copying any value by hand. */
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { findViolations, WCAG } from "../support/accessibility.ts";
import { openBrowser } from "../support/browser.ts";
import { createDatabase, deployProvider, type Gateway, startGateway } from "../support/gateway.ts";
import { runStep } from "../support/graphiql.ts";
import { realTimeClock } from "../support/oauth.ts";
import { addDevice, type VirtualDevice } from "../support/virtual-device.ts";

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
let browser: Browser;
let page: Page;
let device: VirtualDevice;
/** Of the page: browsers bind passkeys to a domain, not to the address 127.0.0.1. */
let origin: string;
const browserErrors: string[] = [];

beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url, clock: realTimeClock() });
  origin = gateway.url.replace("127.0.0.1", "localhost");
  browser = await openBrowser();
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(15_000);
  page.on("console", (message) => void (message.type() === "error" && browserErrors.push(message.text())));
  page.on("pageerror", (error) => void browserErrors.push(String(error)));
  device = await addDevice(page);
  await page.goto(`${origin}/graphiql`);
  await page.waitForSelector(".graphiql-execute-button");
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
  await database?.drop();
});

// biome-ignore lint/suspicious/noExplicitAny: results are checked by the assertions
const field = async (step: number, name: string): Promise<any> => (await runStep(page, step)).data[name];
const footer = () => page.locator(".passerby-next-step");
const button = (name: string) => page.getByRole("button", { name, exact: true });
const variables = () => page.locator(".graphiql-editor-tool").first();

/** The tabs contain their close buttons, which is GraphiQL's. */
const options = { ...WCAG, rules: { "nested-interactive": { enabled: false } } };

async function expectReadable(): Promise<void> {
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    await page
      .locator(`.monaco-editor.${colorScheme === "dark" ? "vs-dark" : "vs"}`)
      .first()
      .waitFor();
    const found = await findViolations(page, options);
    // The editor dims the number of an empty last line.
    expect(found.filter((line) => !line.includes("dimmed-line-number"))).toEqual([]);
  }
}

it("says how an operator enables passkeys for this page", async () => {
  await field(1, "loginAnonymous");
  await expect(runStep(page, 8)).rejects.toThrow("PROVIDER_DISABLED");
  const command = await footer().locator("pre").textContent();
  const [, settings = ""] = /--settings - <<'JSON'\n(.*)\nJSON\n/.exec(String(command)) ?? [];
  expect(JSON.parse(settings)).toEqual({ rpId: "localhost", rpName: "Passerby", origins: [origin] });
  await deployProvider(gateway, "passkey", true, JSON.parse(settings));
});

it("makes a guest permanent by a passkey, who keeps the id", async () => {
  const { user } = await field(1, "loginAnonymous");
  await runStep(page, 8);
  await expectReadable();
  await button("Create a passkey").click();
  await footer().getByText("The browser created a passkey.").waitFor();
  expect(await device.list()).toMatchObject([{ isResidentCredential: true, rpId: "localhost" }]);
  // Other operations do not use the response up.
  await runStep(page, 2);
  const linked = await field(9, "linkIdentity");
  expect(linked.user).toMatchObject({ id: user.id, isAnonymous: false });
  expect(linked.user.identities).toContainEqual({
    provider: "passkey",
    name: "My device",
    isBackedUp: false,
  });
  expect(await page.getByTestId("kind").textContent()).toBe("permanent");
  expect(await footer().textContent()).toBe("");
}, 60_000);

it("explains that the device has a passkey of the user already", async () => {
  await runStep(page, 8);
  await button("Create a passkey").click();
  await footer().getByRole("alert").getByText("This device has a passkey of this user already.").waitFor();
  await expectReadable();
});

it("logs in by the passkey after a logout", async () => {
  const { id } = await field(2, "me");
  await runStep(page, 4);
  await runStep(page, 10);
  await button("Use a passkey").click();
  await footer().getByText("The browser signed with a passkey.").waitFor();
  expect((await field(11, "login")).user).toEqual({ id, isAnonymous: false });
  expect(await page.getByTestId("user").textContent()).toBe(id);
}, 60_000);

it("merges a guest into the user of the passkey", async () => {
  const { id } = await field(2, "me");
  const guest = (await field(1, "loginAnonymous")).user;
  await runStep(page, 10);
  await button("Use a passkey").click();
  await footer().getByText("The browser signed with a passkey.").waitFor();
  expect(await field(9, "linkIdentity")).toMatchObject({ provider: "passkey" });
  expect((await field(6, "mergeUser")).user).toMatchObject({ id, formerIds: [guest.id] });
}, 60_000);

it("shows the response in the variables on request, and explains why it is rejected the second time", async () => {
  await runStep(page, 10);
  await button("Use a passkey").click();
  await footer().getByText("The browser signed with a passkey.").waitFor();
  await page.locator(".graphiql-tab-button").nth(10).click();
  await page.locator(".graphiql-query-editor", { hasText: /#\s11\./ }).waitFor();
  await button("Copy response to variables").click();
  await variables().getByText("authenticatorAttachment").waitFor();
  expect((await field(11, "login")).user.isAnonymous).toBe(false);
  await expect(runStep(page, 11)).rejects.toThrow("INVALID_CREDENTIALS");
  await footer().getByText(`\`origins\` must have ${origin}.`, { exact: false }).waitFor();
  await expectReadable();
}, 60_000);

it("says on an IP address which page to open, and what went wrong when there is no passkey", async () => {
  await device.remove();
  device = await addDevice(page);
  await runStep(page, 10);
  await button("Use a passkey").click();
  await footer().getByRole("alert").getByText("No passkey was used").waitFor();
  await page.goto(`${gateway.url}/graphiql`);
  await page.locator(".graphiql-query-editor", { hasText: /#\s1\./ }).waitFor();
  await runStep(page, 10);
  await button("Use a passkey").click();
  await footer().getByRole("alert").getByText(`open ${origin}/graphiql`, { exact: false }).waitFor();
  expect(browserErrors).toEqual([]);
}, 60_000);
