/** The keys page: rotating, creating, showing once, revoking. */
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type Console, openConsole, signIn } from "../support/console.ts";
import {
  ADMIN_KEY,
  codeOf,
  countRows,
  createDatabase,
  deployProvider,
  type Gateway,
  startGateway,
} from "../support/gateway.ts";

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
let tab: Console;

beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url });
  tab = await openConsole(gateway);
});
afterAll(async () => {
  await tab?.close();
  await gateway?.stop();
  await database?.drop();
});

const table = (name: string) => tab.page.getByRole("table", { name });
const button = (name: string) => tab.page.getByRole("button", { name, exact: true });

/** Creates a key in its dialog. @returns the secret shown */
async function createKey(label: string, name: string): Promise<string> {
  const { page } = tab;
  await button(label).click();
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.keyboard.press("Enter");
  const secret = await page.getByLabel("The new key").textContent();
  expect(await tab.findViolations()).toEqual([]);
  await page.keyboard.press("Escape");
  await button("I have copied it").click();
  await page.getByLabel("The new key").waitFor({ state: "detached" });
  return String(secret);
}

it("is accessible with few keys", async () => {
  await tab.open("/keys");
  await table("Signing keys").getByText("Signing", { exact: true }).waitFor();
  await tab.page.getByText("The provider api-key is disabled").waitFor();
  expect(await tab.findViolations()).toEqual([]);
});

it("rotates the signing key, but not again before the next one signs", async () => {
  await tab.open("/keys");
  await button("Rotate…").click();
  await button("Cancel").click();
  expect(await countRows(gateway, "signing_keys")).toBe(1);
  await button("Rotate…").click();
  await button("Rotate key").click();
  await table("Signing keys").getByText("Pending").waitFor();
  expect(await button("Rotate…").count()).toBe(0);
  expect(await countRows(gateway, "signing_keys")).toBe(2);
  const { keys } = (await (await fetch(`${gateway.url}/.well-known/jwks.json`)).json()) as {
    keys: unknown[];
  };
  expect(keys).toHaveLength(2);
});

it("creates an admin key, shows it once, and revokes it", async () => {
  await tab.open("/keys");
  const secret = await createKey("Create admin key", "Ada's laptop");
  expect(codeOf(await gateway.admin("{ adminKeys { id } }", { token: secret }))).toBeUndefined();
  await tab.page.reload();
  await table("Admin keys").getByText("Ada's laptop").waitFor();
  expect(await tab.page.content()).not.toContain(secret);
  await button("Revoke Ada's laptop").click();
  await button("Revoke key").click();
  await tab.page.getByText("No admin keys.").waitFor();
  expect(codeOf(await gateway.admin("{ adminKeys { id } }", { token: secret }))).toBe("UNAUTHENTICATED");
  await tab.page.getByRole("switch", { name: "Show revoked keys" }).click();
  await table("Admin keys").getByText("revoked").waitFor();
});

it("creates a server key while its provider is enabled, disables, enables and deletes it", async () => {
  await deployProvider(gateway, "api-key", true);
  await tab.open("/keys");
  const secret = await createKey("Create server key", "shop-server");
  const tryLogin = () =>
    gateway.graph("mutation ($c: Credentials!) { login(credentials: $c) { user { id } } }", {
      variables: { c: { apiKey: { key: secret } } },
    });
  expect(codeOf(await tryLogin())).toBeUndefined();
  await button("Disable shop-server").click();
  await button("Disable key").click();
  await table("Server API keys").getByText("disabled").waitFor();
  expect(codeOf(await tryLogin())).toBe("INVALID_CREDENTIALS");
  await button("Enable shop-server").click();
  await button("Enable key").click();
  await table("Server API keys").getByText("enabled").waitFor();
  expect(codeOf(await tryLogin())).toBeUndefined();
  expect(await tab.findViolations()).toEqual([]);
  await button("Delete shop-server").click();
  expect(await button("Delete key").isDisabled()).toBe(true);
  await tab.page.getByLabel(/^Type/).fill("shop-server");
  await button("Delete key").click();
  await tab.page.getByText("No server API keys.").waitFor();
  expect(await countRows(gateway, "api_keys")).toBe(0);
});

it("shows why a name is invalid", async () => {
  await tab.open("/keys");
  await button("Create server key").click();
  await tab.page.getByRole("textbox", { name: "Name" }).fill("no spaces allowed");
  await tab.page.keyboard.press("Enter");
  await tab.page
    .getByText(/letters, numbers/)
    .nth(1)
    .waitFor();
  await button("Cancel").click();
  expect(await countRows(gateway, "api_keys")).toBe(0);
});

it("warns before the operator revokes their own key", async () => {
  const { data } = await gateway.admin('mutation { createAdminKey(name: "mine") { secret } }');
  const own = await openConsole(gateway, { adminKey: data.createAdminKey.secret, isPhone: true });
  await own.open("/keys");
  await own.page.getByText("You", { exact: true }).waitFor();
  expect(await own.findViolations()).toEqual([]);
  await own.page.getByRole("button", { name: "Revoke mine" }).click();
  await own.page.getByText(/you are signed out at once/).waitFor();
  await own.page.getByRole("button", { name: "Revoke key" }).click();
  await own.page.getByText("Your session has ended.").waitFor();
  await signIn(own.page, ADMIN_KEY);
  await own.page.getByText("Show revoked keys").waitFor();
  await own.close();
});

it("logs no errors and sends no requests to other hosts", () => {
  expect(tab.browserErrors).toEqual([]);
});
