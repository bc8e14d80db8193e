/** The page of one user: its data and the operator's actions. */
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { createKey, flag, register } from "../support/authenticator.ts";
import { type Console, openConsole } from "../support/console.ts";
import { createKeyClient } from "../support/dpop.ts";
import {
  codeOf,
  countRows,
  createDatabase,
  type Gateway,
  type Login,
  linkEmail,
  login,
  loginAnonymously,
  me,
  startGateway,
} from "../support/gateway.ts";
import {
  createOwner,
  deployPasskeys,
  linkWith,
  loginByPasskey,
  registrationOptions,
  site,
} from "../support/passkeys.ts";

const MARKUP = '<img src=x onerror="document.title=1">';

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
let tab: Console;
let person: Login;

beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url });
  person = await loginAnonymously(gateway);
  await linkEmail(gateway, person.accessToken, "ada@example.com");
  await gateway.graph("mutation ($c: Credentials!) { login(credentials: $c) { accessToken } }", {
    variables: { c: { emailPassword: { email: "ada@example.com", password: "correct horse" } } },
    headers: { "user-agent": MARKUP },
  });
  tab = await openConsole(gateway);
});
afterAll(async () => {
  await tab?.close();
  await gateway?.stop();
  await database?.drop();
});

const dialog = (name: string) => tab.page.getByRole("dialog", { name });
const identityRows = () => tab.page.getByRole("table", { name: "Identities" }).locator("tbody tr");
const identityRow = (text: string) => identityRows().filter({ hasText: text });
const sessionRows = () => tab.page.getByRole("table", { name: "Sessions" }).locator("tbody tr");
/** The focus is restored once the dialog has faded out. */
const waitForFocus = (text: string) =>
  tab.page.waitForFunction(`document.activeElement.textContent === ${JSON.stringify(text)}`);

it("says which session is bound to a key", async () => {
  const client = createKeyClient(gateway);
  const { data } = await client.graph("mutation { loginAnonymous { user { id } } }");
  await tab.open(`/users/${data.loginAnonymous.user.id}`);
  await sessionRows().getByText("anon-user, bound to a key").waitFor();
  await tab.open(`/users/${person.id}`);
  await sessionRows().getByText(MARKUP).waitFor();
  expect(await sessionRows().getByText("bound to a key").count()).toBe(0);
});

it("shows the user's data, and untrusted text as plain text", async () => {
  await tab.open(`/users/${person.id}`);
  const { page } = tab;
  await page.getByRole("table", { name: "Identities" }).getByText("ada@example.com").waitFor();
  await sessionRows().getByText(MARKUP).waitFor();
  expect(await page.locator("main img").count()).toBe(0);
  const events = page.getByRole("table", { name: "Events" });
  await events.getByText("Identity linked").waitFor();
  await events.getByRole("button", { name: "Details" }).first().click();
  await events.getByText(MARKUP).waitFor();
  expect(await page.locator("main img").count()).toBe(0);
  expect(await tab.findViolations()).toEqual([]);
  await page.getByRole("link", { name: "All events of this user" }).click();
  await page.getByRole("heading", { level: 1, name: "Audit" }).waitFor();
  expect(new URL(page.url()).search).toBe(`?user=${person.id}`);
});

it("ends one session, and no other", async () => {
  const { page } = tab;
  await tab.open(`/users/${person.id}`);
  await sessionRows().nth(1).waitFor();
  const end = sessionRows().filter({ hasText: MARKUP }).getByRole("button");
  await end.click();
  await dialog("End this session?").waitFor();
  // Enter right after opening cancels, and the focus is restored.
  await page.keyboard.press("Enter");
  await dialog("End this session?").waitFor({ state: "detached" });
  expect(await countRows(gateway, "sessions", "ended_at IS NOT NULL")).toBe(0);
  await waitForFocus("End");
  await end.click();
  await page.getByRole("button", { name: "End session", exact: true }).click();
  await sessionRows().nth(1).waitFor({ state: "detached" });
  expect(await sessionRows().count()).toBe(1);
  expect((await me(gateway, person.accessToken)).data.me.id).toBe(person.id);
  expect(await countRows(gateway, "sessions", "ended_at IS NOT NULL")).toBe(1);
});

it("disables and enables", async () => {
  const { page } = tab;
  await tab.open(`/users/${person.id}`);
  await page.getByRole("button", { name: "Disable…" }).click();
  expect(await tab.findViolations()).toEqual([]);
  await page.getByRole("button", { name: "Disable user" }).click();
  await page.getByText("Disabled", { exact: true }).waitFor();
  expect(codeOf(await me(gateway, person.accessToken))).toBe("USER_DISABLED");
  await page.reload();
  await page.getByRole("button", { name: "Enable…" }).click();
  await page.getByRole("button", { name: "Enable user" }).click();
  await page.getByRole("button", { name: "Disable…" }).waitFor();
  expect((await me(gateway, person.accessToken)).data.me.id).toBe(person.id);
});

/** Inserts copies of an active session of the user, since each login would hash a password. */
async function addSessions(count: number): Promise<void> {
  const { reads, writes } = gateway.app.database;
  const [row] = await reads.query(
    `SELECT * FROM sessions WHERE user_id = '${person.id}' AND ended_at IS NULL LIMIT 1`,
  );
  const columns = Object.keys(row);
  const rows = Array.from({ length: count }, (_, index) => ({
    ...row,
    id: crypto.randomUUID(),
    created_at: Number(row.created_at) - index - 1,
    user_agent: `device ${index}`,
  })).map((copy) =>
    columns.map((column) => (copy[column] === null ? "NULL" : `'${copy[column]}'`)).join(", "),
  );
  await writes.transaction((manager) =>
    manager.query(`INSERT INTO sessions (${columns.join(", ")}) VALUES (${rows.join("), (")})`),
  );
}

it("loads older sessions page by page, each once, and can retry after an error", async () => {
  const { page } = tab;
  await addSessions(120);
  await tab.open(`/users/${person.id}`);
  const more = page.getByRole("button", { name: "Show older sessions" });
  await more.waitFor();
  expect(await sessionRows().count()).toBe(50);

  await page.route("**/admin/graphql", (route) =>
    route.request().postData()?.includes("query OlderSessions") ? route.abort() : route.continue(),
  );
  await more.click();
  const failure = page.getByRole("alert").filter({ hasText: "The older sessions could not be loaded" });
  await failure.getByText("The gateway cannot be reached.").waitFor();
  expect(await sessionRows().count()).toBe(50);
  expect(await tab.findViolations()).toEqual([]);
  await page.unroute("**/admin/graphql");
  tab.browserErrors.splice(0, Infinity, ...tab.browserErrors.filter((line) => !line.includes("ERR_FAILED")));

  await more.click();
  await sessionRows().nth(99).waitFor();
  await failure.waitFor({ state: "detached" });
  await more.click();
  await more.waitFor({ state: "detached" });
  const devices = await sessionRows().locator("td:first-child").allTextContents();
  expect(devices.slice(1)).toEqual(Array.from({ length: 120 }, (_, index) => `device ${index}`));
});

it("ends all sessions", async () => {
  const { page } = tab;
  await login(gateway, "ada@example.com", "correct horse");
  await tab.open(`/users/${person.id}`);
  await page.getByRole("button", { name: "End all sessions" }).click();
  await dialog("End all sessions?").getByRole("button", { name: "End all sessions" }).click();
  await page.getByText("No active sessions.").waitFor();
  expect(codeOf(await me(gateway, person.accessToken))).toBe("UNAUTHENTICATED");
});

it("shows passkeys by name, whether they are backed up, and removes one with its sessions, but not the last", async () => {
  const { page } = tab;
  await deployPasskeys(gateway);
  const [phone, key] = [createKey(), createKey()];
  const owner = await createOwner(gateway, phone, "Phone <b>");
  const options = await registrationOptions(gateway, owner.accessToken);
  const response = register(key, options, site, { flags: flag.present | flag.verified });
  expect(codeOf(await linkWith(gateway, owner.accessToken, response))).toBeUndefined();
  const { accessToken } = (await loginByPasskey(gateway, phone)).data.login;
  await tab.open(`/users/${owner.id}`);
  await identityRow("Phone <b>").getByText("backed up", { exact: true }).waitFor();
  await identityRow("Unnamed passkey").getByText("on one device only").waitFor();
  expect(await identityRows().count()).toBe(3);
  expect(await page.locator("main b").count()).toBe(0);
  await identityRow("Phone <b>").getByRole("button").click();
  await dialog("Remove this identity?").getByText("Phone <b> no longer belongs to this user.").waitFor();
  expect(await tab.findViolations()).toEqual([]);
  // Enter right after opening cancels, and the focus is restored.
  await page.keyboard.press("Enter");
  await dialog("Remove this identity?").waitFor({ state: "detached" });
  await waitForFocus("Remove…");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Remove identity" }).click();
  await identityRow("Unnamed passkey").getByText("the only sign-in method").waitFor();
  expect(await identityRows().count()).toBe(2);
  expect(await identityRow("Unnamed passkey").getByRole("button").count()).toBe(0);
  expect(codeOf(await me(gateway, accessToken))).toBe("UNAUTHENTICATED");
  expect(codeOf(await loginByPasskey(gateway, phone))).toBe("INVALID_CREDENTIALS");
  await page.getByRole("table", { name: "Events" }).getByText("Identity unlinked").waitFor();
  expect(codeOf(await loginByPasskey(gateway, key))).toBeUndefined();
});

it("deletes only after the end of the id is typed", async () => {
  const { page } = tab;
  await tab.open(`/users/${person.id}`);
  await page.getByRole("button", { name: "Delete…" }).click();
  const remove = page.getByRole("button", { name: "Delete user" });
  expect(await remove.isDisabled()).toBe(true);
  await page.getByLabel(/^Type/).fill("wrong");
  await page.keyboard.press("Enter");
  expect(await remove.isDisabled()).toBe(true);
  expect(await tab.findViolations()).toEqual([]);
  await page.getByLabel(/^Type/).fill(person.id.slice(-6));
  await remove.click();
  await page.getByText(`User ${person.id} was deleted.`).waitFor();
  expect(new URL(page.url()).pathname).toBe("/console/users");
  expect(await countRows(gateway, "users", `id = '${person.id}'`)).toBe(0);
});

it("shows that a user does not exist, and links back", async () => {
  await tab.open(`/users/${encodeURIComponent(MARKUP)}`);
  await tab.page.getByText("User not found").waitFor();
  expect(await tab.page.locator("main img").count()).toBe(0);
  expect(await tab.findViolations()).toEqual([]);
  await tab.page.getByRole("link", { name: "Back to all users" }).click();
  await tab.page.getByRole("heading", { level: 1, name: "Users" }).waitFor();
});

it("shows that a user was deleted meanwhile", async () => {
  const { page } = tab;
  const guest = await loginAnonymously(gateway);
  await tab.open(`/users/${guest.id}`);
  await page.getByRole("button", { name: "Disable…" }).click();
  await gateway.admin("mutation ($id: ID!) { deleteUser(id: $id) }", { variables: { id: guest.id } });
  await page.getByRole("button", { name: "Disable user" }).click();
  await dialog("Disable this user?").getByRole("alert").waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByText("This user was deleted").waitFor();
});

it("logs no errors and sends no requests to other hosts", () => {
  expect(tab.browserErrors).toEqual([]);
});
