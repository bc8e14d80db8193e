/** Anonymous login is enabled in the six steps of the original, and not live before the last. */
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type Console, openConsole } from "../support/console.ts";
import { codeOf, createDatabase, type Gateway, startGateway } from "../support/gateway.ts";

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
let tab: Console;

beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url, settings: { INITIAL_PROVIDERS: "local-userpass" } });
  tab = await openConsole(gateway);
});
afterAll(async () => {
  await tab?.close();
  await gateway?.stop();
  await database?.drop();
});

const tryToLogIn = async (): Promise<string | undefined> =>
  codeOf(await gateway.graph("mutation { loginAnonymous { accessToken } }"));

it("enables anonymous login", async () => {
  const { page } = tab;
  expect(await tryToLogIn()).toBe("PROVIDER_DISABLED");

  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Authentication" }).click();
  await page.getByRole("heading", { level: 1, name: "Providers" }).waitFor();
  expect(await tab.findViolations()).toEqual([]);

  await page.getByRole("link", { name: "Allow users to log in anonymously" }).click();
  await page.getByRole("heading", { level: 1, name: "Allow users to log in anonymously" }).waitFor();
  expect(page.url()).toBe(`${gateway.url}/console/authentication/providers/anon-user`);
  await page.getByText("This provider has no options.").waitFor();

  const toggle = page.getByRole("switch", { name: "Provider Enabled" });
  expect(await toggle.isChecked()).toBe(false);
  await toggle.click();
  expect(await toggle.isChecked()).toBe(true);
  expect(await tab.findViolations()).toEqual([]);

  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved to the draft.").waitFor();
  expect(await tryToLogIn()).toBe("PROVIDER_DISABLED");

  const banner = page.getByRole("region", { name: "Undeployed changes" });
  await banner.getByRole("button", { name: "Review & Deploy Changes" }).click();
  const dialog = page.getByRole("dialog", { name: "Review & Deploy Changes" });
  await dialog.getByRole("row", { name: "Provider Enabled off on" }).waitFor();
  expect(new URL(page.url()).search).toBe("?review=");
  expect(await tab.findViolations()).toEqual([]);
  await dialog.getByLabel("Note").fill("Enable anonymous login");

  await dialog.getByRole("button", { name: "Deploy", exact: true }).click();
  await dialog.getByText("Version 2 is live.").waitFor();
  expect(await tryToLogIn()).toBeUndefined();

  await dialog.getByRole("button", { name: "Close", exact: true }).last().click();
  await banner.waitFor({ state: "detached" });
  await page.getByText("Enabled", { exact: true }).waitFor();
  expect((await gateway.admin("{ deployment(version: 2) { note deployedBy } }")).data.deployment).toEqual({
    note: "Enable anonymous login",
    deployedBy: "ADMIN_KEY",
  });
  expect(tab.browserErrors).toEqual([]);
});
