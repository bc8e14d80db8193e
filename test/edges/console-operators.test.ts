/** The console in a real browser: concurrent operators, network failures, and long lists. */
import { afterAll, beforeAll, beforeEach, expect, it } from "@jest/globals";
import { type Console, openConsole, signIn } from "../support/console.ts";
import { operator } from "../support/contexts.ts";
import { ADMIN_KEY, createDatabase, type Gateway, startGateway } from "../support/gateway.ts";
import { createOperator } from "../support/operator.ts";

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
let tab: Console;
let night: Awaited<ReturnType<typeof createOperator>>;
const MANY = 300;
const THEIRS = "https://theirs.example.com/reset";
const MINE = "https://mine.example.com/reset";

beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url });
  night = await createOperator(gateway, "night shift");
  tab = await openConsole(gateway);
});
afterAll(async () => {
  await tab?.close();
  await gateway?.stop();
  await database?.drop();
});
beforeEach(() => night.discard());

const button = (name: string) => tab.page.getByRole("button", { name, exact: true });
const email = async () => {
  const { data } = await gateway.admin("{ providers { name enabled draftEnabled draftSettings } }");
  return data.providers.find((each: { name: string }) => each.name === "local-userpass");
};
const conflict = () => tab.page.getByRole("alert").filter({ hasText: "was changed while you edited it" });
const saved = () => tab.page.getByText("Saved to the draft.");
const field = () => tab.page.getByLabel("Password reset page");

it("does not overwrite another operator's recent change, and shows both values", async () => {
  await tab.open("/authentication/providers/local-userpass");
  await field().fill(MINE);
  // Saved before the page polls.
  await night.save({ name: "local-userpass", enabled: false, settings: { resetUrl: THEIRS } });
  await button("Save").click();
  await conflict().getByText("set by night shift").waitFor();
  await conflict().getByRole("row", { name: "Provider Enabled off on" }).waitFor();
  await conflict()
    .getByRole("row", { name: `Password reset page ${THEIRS} ${MINE}` })
    .waitFor();
  expect(await saved().count()).toBe(0);
  expect(await tab.findViolations()).toEqual([]);
  expect(await email()).toMatchObject({ draftEnabled: false, draftSettings: { resetUrl: THEIRS } });
  // Saving again fails until the conflict is resolved.
  await button("Save").click();
  await tab.page.getByText("Nothing was saved: this provider was changed").waitFor();
  expect(await email()).toMatchObject({ draftSettings: { resetUrl: THEIRS } });

  await button("Keep mine").click();
  await conflict().waitFor({ state: "detached" });
  expect(await tab.page.getByRole("switch", { name: "Provider Enabled" }).isChecked()).toBe(false);
  await button("Save").click();
  await saved().waitFor();
  expect(await email()).toMatchObject({ draftEnabled: false, draftSettings: { resetUrl: MINE } });
});

it("keeps the focus at Save, and shows the message only while it is true", async () => {
  const { page } = tab;
  await tab.open("/authentication/providers/local-userpass");
  await field().fill(THEIRS);
  await button("Save").focus();
  await page.keyboard.press("Enter");
  await saved().waitFor();
  await button("Save").and(page.locator(":focus")).waitFor();
  expect(await button("Save").isEnabled()).toBe(true);
  await button("Review & Deploy Changes").click();
  const dialog = page.getByRole("dialog", { name: "Review & Deploy Changes" });
  await dialog.getByRole("button", { name: "Deploy", exact: true }).click();
  await dialog.getByText("is live.").waitFor();
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await saved().waitFor({ state: "detached" });
  expect(await field().inputValue()).toBe(THEIRS);

  await field().fill(MINE);
  await button("Save").click();
  await saved().waitFor();
  await night.discard();
  await page.evaluate("window.dispatchEvent(new Event('focus'))");
  await saved().waitFor({ state: "detached" });
  await page.getByText("Another operator changed this provider or discarded the draft.").waitFor();
  expect(await field().inputValue()).toBe(THEIRS);
});

it("asks the operator to sign in again when the session ends while saving", async () => {
  const { page } = tab;
  await field().fill(MINE);
  gateway.clock.advance({ minutes: 61 });
  await button("Save").click();
  await page.getByText("Your session has ended.").waitFor();
  await signIn(page, ADMIN_KEY);
  await page.getByText("Your session ended before this completed. Sign in and try again.").waitFor();
  expect((await page.locator("main").allInnerTexts()).join()).not.toMatch(/`|Authorization|Bearer/);
  expect(await field().inputValue()).toBe(MINE);
  await button("Save").click();
  await saved().waitFor();
  expect((await email()).draftSettings.resetUrl).toBe(MINE);
});

it("recovers by itself after an outage: a page whose code failed to load, and a list", async () => {
  const { page } = tab;
  const port = Number(new URL(gateway.url).port);
  const failure = () => page.getByText(/cannot be reached|page could not be loaded/);
  await tab.open("/overview");
  await gateway.stop();
  await page.getByRole("link", { name: "Users" }).click();
  await failure().waitFor();
  gateway = await startGateway({ url: database.url, port });
  await page.getByRole("heading", { level: 1, name: "Users" }).waitFor();
  await failure().waitFor({ state: "detached" });

  await gateway.stop();
  await page.getByLabel("State").selectOption("anonymous");
  await page.getByText("The gateway cannot be reached. It may be restarting.").waitFor();
  gateway = await startGateway({ url: database.url, port });
  await failure().waitFor({ state: "detached" });
  await page.getByText("No users match").waitFor();
  night = await createOperator(gateway, "night shift again");
});

it("keeps Deploy visible in a review of hundreds of providers, which are searchable", async () => {
  const { page } = tab;
  const inputs = Array.from({ length: MANY }, (_, index) => ({
    name: `company-${index}`,
    type: "oidc",
    enabled: true,
    settings: {
      displayName: `Company ${index}`,
      issuer: `https://id-${index}.example.com`,
      clientIds: ["web"],
    },
  }));
  await gateway.app.services.deployments.saveProviders(operator, inputs);
  await tab.open("/authentication/providers");
  expect(await page.getByRole("listitem").count()).toBeLessThan(60);
  await page.getByLabel("Find a provider").fill("company-299");
  await page.getByRole("link", { name: "Company 299" }).waitFor();
  await page.getByText("1 of 1 provider").waitFor();
  expect(await tab.findViolations()).toEqual([]);

  await button("Review & Deploy Changes").click();
  const dialog = page.getByRole("dialog", { name: "Review & Deploy Changes" });
  const deploy = dialog.getByRole("button", { name: "Deploy", exact: true });
  await deploy.waitFor();
  const box = await deploy.boundingBox();
  expect((box?.y ?? Infinity) + (box?.height ?? 0)).toBeLessThanOrEqual(page.viewportSize()?.height ?? 0);
  expect(await dialog.locator("form").evaluate((form) => form.scrollHeight)).toBeLessThan(12_000);
  await dialog.getByLabel("Find a provider among the changes").fill("Company 299");
  await dialog.getByRole("group", { name: "Company 299" }).waitFor();
  expect(await dialog.getByRole("group", { name: /^Company/ }).count()).toBe(1);
  expect(await tab.findViolations()).toEqual([]);
  await deploy.click();
  await dialog.getByText("is live.").waitFor();
  await tab.open("/authentication/history");
  await page.getByText("Added company-0, Added company-1").waitFor();
  await page.getByText("and 295 more providers").waitFor();
});

it("summarizes changes in the history", async () => {
  const { page } = tab;
  await night.save({ name: "anon-user", enabled: false });
  await night.save({ name: "local-userpass", enabled: true, settings: { resetUrl: MINE } });
  await night.deploy();
  await tab.open("/authentication/history");
  await page.getByText("Disabled anon-user, Changed 1 setting of local-userpass").waitFor();
});

it("keeps each key's button visible whatever the length of its name, and finds keys by name", async () => {
  const { page } = tab;
  const long = "x".repeat(100);
  await gateway.admin("mutation ($n: String!) { createAdminKey(name: $n) { secret } }", {
    variables: { n: long },
  });
  for (let index = 0; index < 30; index++) {
    await gateway.app.services.adminKeys.create(operator, `machine-${index}`);
  }
  await tab.open("/keys");
  await page.getByLabel("Find among admin keys").fill("xxxx");
  const revoke = page.getByRole("button", { name: `Revoke ${long}` });
  await revoke.waitFor();
  const box = await revoke.boundingBox();
  expect((box?.x ?? Infinity) + (box?.width ?? 0)).toBeLessThanOrEqual(page.viewportSize()?.width ?? 0);
  expect(await page.getByText(long).first().getAttribute("title")).toBe(long);
  expect(await page.getByText("machine-3", { exact: true }).count()).toBe(0);
  expect(await tab.findViolations()).toEqual([]);
});

it("uses the singular for a count of one", async () => {
  await tab.open("/users");
  const text = (await tab.page.locator("main").allInnerTexts()).join();
  expect(text).not.toMatch(/\b1 (users|logins|sessions|events|days)\b/);
});
