/** The form of a provider: generated from its schema, with errors at each field, and without losing input. */
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type Console, openConsole } from "../support/console.ts";
import { createDatabase, type Gateway, startGateway } from "../support/gateway.ts";
import { createOperator } from "../support/operator.ts";

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
let tab: Console;
let other: Awaited<ReturnType<typeof createOperator>>;
const HTML = "<img src=x onerror=alert(1)>";
const SECRET = "a-client-secret-that-is-never-shown";

beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url });
  other = await createOperator(gateway, "night shift");
  tab = await openConsole(gateway);
});
afterAll(async () => {
  await tab?.close();
  await gateway?.stop();
  await database?.drop();
});

const button = (name: string) => tab.page.getByRole("button", { name, exact: true });
const drafted = async (name: string) => {
  const { data } = await gateway.admin("{ providers { name draftEffect draftEnabled draftSettings } }");
  return data.providers.find((each: { name: string }) => each.name === name);
};

it("adds a named provider, shows errors at each field, and focuses the first", async () => {
  const { page } = tab;
  await tab.open("/authentication/providers");
  await button("Add provider").click();
  const dialog = page.getByRole("dialog", { name: "Add a provider" });
  await dialog.getByLabel("Name").fill("Company SSO");
  await dialog.getByRole("button", { name: "Continue" }).click();
  await dialog.getByText("Use 2 to 49 characters: a–z").waitFor();
  expect(await tab.findViolations()).toEqual([]);
  await dialog.getByLabel("Name").fill("company-sso");
  await dialog.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("heading", { level: 1, name: "company-sso" }).waitFor();

  await page.getByLabel("Display name").fill(HTML);
  await page.getByLabel("Issuer").fill("http://not-safe.example.com");
  await page.getByRole("switch", { name: "Provider Enabled" }).click();
  await button("Save").click();
  await page.getByText("It must be an https URL").waitFor();
  await page.getByText("Must not be empty.", { exact: true }).waitFor();
  await page.getByText("Some settings are invalid. Check the marked fields.").waitFor();
  expect(await page.locator(":focus").getAttribute("id")).toBe("setting-issuer");
  expect(await page.getByLabel("Issuer").getAttribute("aria-invalid")).toBe("true");
  expect(await tab.findViolations()).toEqual([]);
  expect(await drafted("company-sso")).toBeUndefined();

  await page.getByLabel("Issuer").fill("https://id.example.com");
  await page.getByLabel("Client ids").fill("web\n ios \n\n");
  await page.getByLabel("Client secret", { exact: true }).fill(SECRET);
  await button("Add a row to Profile claims").click();
  await page.getByLabel("Profile claims, name 1").fill("given_name");
  await page.getByLabel("Profile claims, value 1").fill("name");
  await button("Save").click();
  await page.getByText("Saved to the draft.").waitFor();
  expect(await drafted("company-sso")).toMatchObject({
    draftEffect: "ADDED",
    draftEnabled: true,
    draftSettings: {
      displayName: HTML,
      clientIds: ["web", "ios"],
      clientSecret: "•••",
      profileClaims: { given_name: "name" },
      scopes: ["openid", "email", "profile"],
    },
  });
});

it("shows that a secret is set, keeps it, and removes it", async () => {
  const { page } = tab;
  await page.reload();
  // The name is rendered as plain text.
  await page.getByRole("heading", { level: 1, name: HTML }).waitFor();
  expect(await page.locator("img").count()).toBe(0);
  const secret = page.getByRole("group", { name: "Client secret" });
  await secret.getByText("is set").waitFor();
  expect(await page.content()).not.toContain(SECRET);
  expect(await tab.findViolations()).toEqual([]);
  await page.getByLabel("Display name").fill("Company");
  await button("Save").click();
  await page.getByText("Saved to the draft.").waitFor();
  expect((await drafted("company-sso")).draftSettings).toMatchObject({
    displayName: "Company",
    clientSecret: "•••",
  });
  await button("Remove Client secret").click();
  await secret.getByText("will be removed").waitFor();
  await button("Save").click();
  await page.getByText("Unsaved changes").waitFor({ state: "detached" });
  expect((await drafted("company-sso")).draftSettings.clientSecret).toBeUndefined();
});

it("warns before leaving with unsaved changes", async () => {
  const { page } = tab;
  await page.getByLabel("Display name").fill("Not saved");
  await page.getByRole("link", { name: "History" }).click();
  const dialog = page.getByRole("dialog", { name: "Leave without saving?" });
  await dialog.waitFor();
  expect(await tab.findViolations()).toEqual([]);
  await dialog.getByRole("button", { name: "Stay" }).click();
  expect(await page.getByLabel("Display name").inputValue()).toBe("Not saved");
  await page.getByRole("link", { name: "History" }).click();
  await dialog.getByRole("button", { name: "Leave" }).click();
  await page.getByRole("heading", { level: 1, name: "History" }).waitFor();
});

it("sets up passkeys, and says at each field what a browser would reject", async () => {
  const { page } = tab;
  await tab.open("/authentication/providers/passkey");
  await page.getByRole("heading", { level: 1, name: "Passkey" }).waitFor();
  await page.getByRole("switch", { name: "Provider Enabled" }).click();
  await page.getByLabel("Relying party id").fill("https://shop.example.com");
  await page.getByLabel("Origins").fill("https://shop.example.com/\n\nhttps://evil.example.org");
  await button("Save").click();
  await page.getByText("Write it as example.com: a domain in lower case").waitFor();
  expect(await page.locator(":focus").getAttribute("id")).toBe("setting-rpId");
  expect(await page.getByLabel("Relying party name").getAttribute("aria-invalid")).toBe("true");
  await page.getByLabel("Relying party id").fill("example.com");
  await page.getByLabel("Relying party name").fill("Shop");
  await button("Save").click();
  await page.getByText(/^Line 1: Write it as .* without a path or a slash at the end\.$/).waitFor();
  await page.getByText(/^Line 3: evil\.example\.org is not example\.com or a subdomain of it/).waitFor();
  expect(await page.locator(":focus").getAttribute("id")).toBe("setting-origins");
  expect(await tab.findViolations()).toEqual([]);
  await page.getByLabel("Origins").fill("https://shop.example.com\nhttps://app.example.com");
  await page.getByLabel("User verification").selectOption("required");
  await button("Save").click();
  await page.getByText("Saved to the draft.").waitFor();
  expect(await drafted("passkey")).toMatchObject({
    draftEnabled: true,
    draftSettings: {
      rpId: "example.com",
      rpName: "Shop",
      origins: ["https://shop.example.com", "https://app.example.com"],
      userVerification: "required",
    },
  });
  await page.reload();
  await page.getByText("Unsaved changes").waitFor({ state: "detached" });
  expect(await page.getByLabel("User verification").inputValue()).toBe("required");
  expect(await page.getByLabel("Origins").inputValue()).toBe(
    "https://shop.example.com\nhttps://app.example.com",
  );
});

it("removes a provider from the draft, and shows that it does not exist", async () => {
  const { page } = tab;
  await tab.open("/authentication/providers/company-sso");
  await button("Remove").click();
  const dialog = page.getByRole("dialog", { name: "Remove company-sso?" });
  expect(await tab.findViolations()).toEqual([]);
  await dialog.getByRole("button", { name: "Remove from the draft" }).click();
  await page.getByRole("heading", { level: 1, name: "Providers" }).waitFor();
  await page.getByRole("link", { name: "Company", exact: true }).waitFor({ state: "detached" });
  await tab.open("/authentication/providers/company-sso");
  await page.getByText("Provider company-sso not found").waitFor();
});

it("shows during an edit that another operator saved the same provider", async () => {
  const { page } = tab;
  await tab.open("/authentication/providers/local-userpass");
  await page.getByLabel("Password reset page").fill("https://mine.example.com/reset");
  await other.save({
    name: "local-userpass",
    enabled: true,
    settings: { resetUrl: "https://theirs.example.com/reset" },
  });
  const conflict = page.getByRole("alert").filter({ hasText: "was changed while you edited it" });
  await conflict.getByText("set by night shift").waitFor();
  await conflict
    .getByRole("row", {
      name: "Password reset page https://theirs.example.com/reset https://mine.example.com/reset",
    })
    .waitFor();
  expect(await page.getByLabel("Password reset page").inputValue()).toBe("https://mine.example.com/reset");
  expect(await tab.findViolations()).toEqual([]);
  await button("Take theirs").click();
  expect(await page.getByLabel("Password reset page").inputValue()).toBe("https://theirs.example.com/reset");
});

it("keeps the form while the gateway restarts, and saves afterwards", async () => {
  const { page } = tab;
  const { port } = new URL(gateway.url);
  await page.getByLabel("Password reset page").fill("https://after.example.com/reset");
  await gateway.stop();
  await button("Save").click();
  await page
    .getByText("The gateway cannot be reached. It may be restarting. Your changes are still in the form.")
    .waitFor();
  gateway = await startGateway({ url: database.url, port: Number(port) });
  await button("Save").click();
  await page.getByText("Saved to the draft.").waitFor();
  expect((await drafted("local-userpass")).draftSettings.resetUrl).toBe("https://after.example.com/reset");
  // Failed connections are logged by the browser; no other errors are expected.
  expect(tab.browserErrors.filter((line) => !line.includes("ERR_CONNECTION_REFUSED"))).toEqual([]);
});
