/** Signing in, the end of a session, a revoked key, and cross-site requests. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type Console, openConsole, signIn } from "../support/console.ts";
import { ADMIN_KEY, createDatabase, type Gateway, startGateway } from "../support/gateway.ts";
import { createOperator } from "../support/operator.ts";

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
let tab: Console;
let attacker: Server;
let attackerUrl: string;

/** Pages of another origin, on the same site as far as SameSite is concerned. */
function attackPage(target: string): string {
  return `<!doctype html><title>Attack</title>
<form method="post" action="${target}/admin/graphql" enctype="text/plain">
  <input name='{"query":"mutation { discardDraft }", "x":"' value='"}'>
</form>
<script>
  const body = JSON.stringify({ query: "mutation { discardDraft }" });
  const send = (options) => fetch("${target}/admin/graphql", { method: "POST", credentials: "include", body, ...options });
  const json = { "content-type": "application/json" };
  Promise.allSettled([
    send({ mode: "no-cors" }),
    send({ mode: "no-cors", headers: { "content-type": "text/plain" } }),
    send({ headers: json }),
    send({ headers: { ...json, "x-passerby-console": "1" } }),
    fetch("${target}/console/session", { method: "DELETE", credentials: "include" }),
    fetch("${target}/console/session", { credentials: "include", headers: { "x-passerby-console": "1" } }).then((r) => r.text()),
  ]).then((results) => {
    // Counts the responses that the page could read.
    document.title = "Done " + results.filter((each) => typeof each.value === "string").length;
  });
</script>`;
}

beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url });
  attacker = createServer((_request, response) =>
    response.setHeader("content-type", "text/html").end(attackPage(gateway.url)),
  );
  await new Promise<void>((resolve) => attacker.listen(0, "127.0.0.1", resolve));
  attackerUrl = `http://127.0.0.1:${(attacker.address() as AddressInfo).port}/`;
  tab = await openConsole(gateway, { adminKey: null });
});
afterAll(async () => {
  await tab?.close();
  attacker?.closeAllConnections();
  attacker?.close();
  await gateway?.stop();
  await database?.drop();
});

/** Removes expected errors: the browser logs every request that the gateway rejects. */
const ignoreErrors = (pattern: RegExp): void => {
  tab.browserErrors.splice(0, Infinity, ...tab.browserErrors.filter((line) => !pattern.test(line)));
};

it("explains invalid keys, and shows no pages before sign-in", async () => {
  const { page } = tab;
  const alert = page.getByRole("alert");
  expect(await tab.findViolations()).toEqual([]);
  await page.getByRole("button", { name: "Sign in" }).click();
  await alert.getByText("Enter an admin key.").waitFor();
  await signIn(page, "x".repeat(40));
  await alert.getByText("This is not an admin key of this gateway.").waitFor();
  expect(await tab.findViolations()).toEqual([]);
  await signIn(page, "x".repeat(5_000));
  await alert.getByText("This is too long to be an admin key.").waitFor();
  expect(await page.getByRole("navigation").count()).toBe(0);
  const night = await createOperator(gateway, "night shift");
  await gateway.admin("mutation ($id: ID!) { revokeAdminKey(id: $id) }", { variables: { id: night.id } });
  await signIn(page, night.adminKey);
  await alert.getByText("This admin key was revoked. Use another one.").waitFor();
});

it("signs in at the requested page, and does not store the key in the browser", async () => {
  const { page } = tab;
  await page.goto(`${gateway.url}/console/authentication/providers/local-userpass`);
  await signIn(page, ADMIN_KEY);
  await page.getByRole("heading", { level: 1, name: "Email and password" }).waitFor();
  expect(
    await page.evaluate("document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage })"),
  ).not.toContain(ADMIN_KEY);
  const [cookie] = await page.context().cookies();
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict", path: "/" });
  expect(cookie?.value).not.toBe(ADMIN_KEY);
  expect(await page.evaluate("document.cookie")).toBe("");
});

it("keeps the input of an open form when the session ends", async () => {
  const { page } = tab;
  await page.getByLabel("Password reset page").fill("https://app.example.com/reset");
  gateway.clock.advance({ minutes: 61 });
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Your session has ended.").waitFor();
  expect(await tab.findViolations()).toEqual([]);
  await signIn(page, ADMIN_KEY);
  await page.getByText("Your session has ended.").waitFor({ state: "detached" });
  expect(await page.getByLabel("Password reset page").inputValue()).toBe("https://app.example.com/reset");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved to the draft.").waitFor();
  const { data } = await gateway.admin("{ draft { changes { field after } } }");
  expect(data.draft.changes).toContainEqual({
    field: "settings.resetUrl",
    after: "https://app.example.com/reset",
  });
});

it("rejects requests by another origin of the same site", async () => {
  const { page } = tab;
  const [cookie] = await page.context().cookies();
  await page.goto(attackerUrl);
  await page.waitForFunction("document.title.startsWith('Done')");
  expect(await page.title()).toBe("Done 0");
  const answer = page.waitForResponse((response) => response.url() === `${gateway.url}/admin/graphql`);
  await page.evaluate("document.forms[0].submit()");
  const response = await answer;
  // Wait, since goto fails during a navigation.
  await page.waitForURL(`${gateway.url}/admin/graphql`);
  expect(response.status()).toBeGreaterThanOrEqual(400);
  // The browser sent the cookie: the gateway rejected the request.
  expect((await response.request().allHeaders()).cookie).toContain(String(cookie?.value));
  expect((await gateway.admin("{ draft { baseVersion } }")).data.draft).not.toBeNull();
  await page.goto(`${gateway.url}/console/overview`);
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  ignoreErrors(/.*/);
});

it("ends at once when its key is revoked, and on sign-out also for copies of the cookie", async () => {
  const { page } = tab;
  const [cookie] = await page.context().cookies();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Admin key").waitFor();
  expect(await page.context().cookies()).toEqual([]);
  const copy = await fetch(`${gateway.url}/console/session`, {
    headers: { cookie: `${cookie?.name}=${cookie?.value}`, "x-passerby-console": "1" },
  });
  expect(copy.status).toBe(401);

  const night = await createOperator(gateway, "night shift");
  await signIn(page, night.adminKey);
  await page.getByText("night shift", { exact: true }).waitFor();
  await gateway.admin("mutation ($id: ID!) { revokeAdminKey(id: $id) }", { variables: { id: night.id } });
  await page.getByText("Your session has ended.").waitFor();
  ignoreErrors(/status of 401/);
  expect(tab.browserErrors).toEqual([]);
});
