/** The pages of webhooks and erasure, with an endpoint that answers, fails, and is deleted. */
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { Webhook } from "standardwebhooks";
import { eventTypes } from "../../src/events/event-types.ts";
import { type Console, openConsole, signIn } from "../support/console.ts";
import { type Asked, answerJson, type Endpoint, startEndpoint } from "../support/endpoint.ts";
import {
  ADMIN_KEY,
  createDatabase,
  type Gateway,
  loginAnonymously,
  startGateway,
} from "../support/gateway.ts";
import { eventually } from "../support/webhooks.ts";

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
let endpoint: Endpoint;
let tab: Console;
/** Of the endpoint that the tests create. */
let secret = "";

beforeAll(async () => {
  database = await createDatabase("sqlite");
  endpoint = await startEndpoint(answerJson({ receipt: "purged 3 notes" }));
  gateway = await startGateway({
    url: database.url,
    settings: { WEBHOOK_PRIVATE_ADDRESSES: "loopback" },
  });
  tab = await openConsole(gateway);
});
afterAll(async () => {
  await tab?.close();
  await gateway?.stop();
  await endpoint?.stop();
  await database?.drop();
});

const button = (name: string | RegExp) => tab.page.getByRole("button", { name, exact: true });
const inDialog = (name: string) => tab.page.getByRole("dialog").getByRole("button", { name, exact: true });
const field = (name: string) => tab.page.getByRole("textbox", { name });
const box = (name: string | RegExp) => tab.page.getByRole("checkbox", { name });
const rows = (table: string) => tab.page.getByRole("table", { name: table }).locator("tbody tr");
const heading = (name: string) => tab.page.getByRole("heading", { level: 1, name });

/** Checks by signing, because the clock of the gateway is not that of the library. */
function expectSignature({ headers, body }: Asked, key: string): void {
  const at = new Date(Number(headers["webhook-timestamp"]) * 1_000);
  const signature = new Webhook(key).sign(String(headers["webhook-id"]), at, body);
  expect(String(headers["webhook-signature"]).split(" ")).toContain(signature);
}

/** What the endpoint is asked while something happens. */
async function askedBy(happens: () => Promise<unknown>, count = 1): Promise<Asked[]> {
  const before = endpoint.asked.length;
  await happens();
  await eventually(() => endpoint.asked.length >= before + count);
  return endpoint.asked.slice(before);
}

async function list(): Promise<Record<string, unknown>[]> {
  const fields = "id url description types requiresReceipt disabled failingSince";
  return (await gateway.admin(`{ webhookEndpoints { ${fields} } }`)).data.webhookEndpoints;
}

async function deleteAUser(): Promise<string> {
  const { id } = await loginAnonymously(gateway);
  await gateway.admin("mutation ($id: ID!) { deleteUser(id: $id) }", { variables: { id } });
  return id;
}

/** Reads a secret that is shown once, and closes its dialog. */
async function readSecret(): Promise<string> {
  const shown = tab.page.getByLabel("The new signing secret");
  const text = String(await shown.textContent());
  expect(await tab.findViolations()).toEqual([]);
  await tab.page.keyboard.press("Escape");
  await inDialog("I have copied it").click();
  await shown.waitFor({ state: "detached" });
  return text;
}

it("says without an endpoint what webhooks and receipts are for, and what to do", async () => {
  await tab.open("/webhooks");
  await tab.page.getByText("Webhooks tell your servers what happens to users").waitFor();
  expect(await tab.findViolations()).toEqual([]);
  await tab.open("/erasure");
  await tab.page.getByText("No endpoint requires a receipt.").waitFor();
  expect(await tab.findViolations()).toEqual([]);
  await tab.page.getByRole("main").getByRole("link", { name: "webhook endpoint" }).click();
  await heading("Webhooks").waitFor();
});

it("creates an endpoint once its input is right, and shows its secret once", async () => {
  const { page } = tab;
  await button("Create endpoint").click();
  await field("URL").fill("http://10.1.2.3/events");
  await inDialog("Create endpoint").click();
  await page.getByText(/The URL has a private address .*WEBHOOK_PRIVATE_ADDRESSES/).waitFor();
  await field("URL").fill(`http://127.0.0.1:${endpoint.port}/events`);
  await field("Description").fill("Notes");
  await box("Requires a receipt").check();
  await box("All events").uncheck();
  await inDialog("Create endpoint").click();
  await page.getByText("Choose at least one event type").waitFor();
  expect(await page.getByRole("group", { name: "Events" }).locator("code").allTextContents()).toEqual(
    Object.keys(eventTypes),
  );
  expect(await list()).toEqual([]);
  await box("user.deleted").check();
  await box("user.disabled").check();
  expect(await tab.findViolations()).toEqual([]);
  await page.emulateMedia({ forcedColors: "active" });
  const background = (name: string) =>
    box(name).evaluate((element) => getComputedStyle(element).backgroundColor);
  expect(await background("user.deleted")).not.toBe(await background("user.enabled"));
  await page.emulateMedia({ forcedColors: "none" });
  await inDialog("Create endpoint").click();
  secret = await readSecret();
  expect(secret).toMatch(/^whsec_/);
  await heading("Notes").waitFor();
  expect(await list()).toMatchObject([
    { description: "Notes", types: ["user.deleted", "user.disabled"], requiresReceipt: true },
  ]);
  await page.reload();
  await page.getByText("No deliveries yet.").waitFor();
  await page.getByText("Not used yet").waitFor();
  expect(await page.content()).not.toContain(secret);
});

it("sends a test event and shows what the endpoint answered, and that it fails", async () => {
  const { page } = tab;
  await button("Send test event").click();
  await page.getByRole("status").filter({ hasText: "The test event was delivered" }).waitFor();
  await page.getByLabel("The answer").getByText("purged 3 notes").waitFor();
  expectSignature(endpoint.asked[0] as Asked, secret);
  await page.getByText("OK", { exact: true }).waitFor();
  endpoint.reply(answerJson({ problem: "<b>no</b> disk" }, 503));
  await button("Send test event").click();
  const failure = page.getByRole("alert").filter({ hasText: "The test event was not delivered" });
  await failure.getByText("The endpoint answered 503. Expected 2xx.").waitFor();
  await page.getByText(/Failing since .*: The endpoint answered 503/).waitFor();
  await rows("Deliveries").nth(1).waitFor();
  await rows("Deliveries").first().getByRole("button", { name: "Details" }).click();
  const sent = endpoint.asked.at(-1) as Asked;
  await page.getByLabel("Request headers").getByText(`webhook-id: ${sent.headers["webhook-id"]}`).waitFor();
  expect(JSON.parse(String(await page.getByLabel("Request body").textContent()))).toEqual(
    JSON.parse(sent.body),
  );
  expect(await page.getByLabel("Answer body").textContent()).toBe('{"problem":"<b>no</b> disk"}');
  expect(await tab.findViolations()).toEqual([]);
  await tab.open("/webhooks");
  await page.getByText(/Failing since/).waitFor();
  expect(await tab.findViolations()).toEqual([]);
});

it("finds deliveries by state and user, and delivers one again with the same webhook-id", async () => {
  const { page } = tab;
  endpoint.reply(answerJson({ receipt: "purged 3 notes" }));
  let id = "";
  const asked = await askedBy(async () => {
    await deleteAUser();
    id = await deleteAUser();
  }, 2);
  await page.getByRole("link", { name: "Notes" }).click();
  await rows("Deliveries").nth(3).waitFor();
  await page.getByLabel("State").selectOption("parked");
  await page.getByText("1 delivery", { exact: true }).waitFor();
  expect(await rows("Deliveries").textContent()).toContain("Failed");
  await page.getByLabel("State").selectOption("delivered");
  await field("User").fill(id);
  await field("User").press("Enter");
  await page.getByText("1 delivery", { exact: true }).waitFor();
  expect(page.url()).toContain(`state=delivered&user=${id}`);
  await button("Details").click();
  const delivered = asked.find(({ body }) => body.includes(id));
  const again = await askedBy(() => button("Redeliver user.deleted").click());
  expect(again.map(({ headers }) => headers["webhook-id"])).toEqual([delivered?.headers["webhook-id"]]);
  // Typed before the page has rendered the cleared filters, as on a slow computer.
  await button("Clear filters").evaluate((clear: HTMLElement) => {
    const user = document.querySelector<HTMLInputElement>("input[placeholder='User id']");
    clear.click();
    user?.focus();
    user?.select();
    document.execCommand("insertText", false, "unknown-user");
  });
  await rows("Deliveries").nth(1).waitFor();
  expect(await field("User").inputValue()).toBe("unknown-user");
  await field("User").press("Enter");
  await page.getByText("No deliveries match.").waitFor();
  expect(page.url()).toContain("?user=unknown-user");
});

it("edits, disables and enables the endpoint", async () => {
  const { page } = tab;
  await button("Edit…").click();
  await field("Description").fill("Notes and files");
  await box("user.disabled").uncheck();
  await inDialog("Save").click();
  await heading("Notes and files").waitFor();
  expect(await list()).toMatchObject([{ types: ["user.deleted"], requiresReceipt: true }]);
  await button("Disable…").click();
  await inDialog("Disable endpoint").click();
  await page.getByText("Events wait, and are parked after three days.").waitFor();
  await deleteAUser();
  await button("Refresh").click();
  await page.getByRole("link", { name: "1 delivery pending" }).waitFor({ timeout: 20_000 });
  await button("Enable…").click();
  await page.getByText("1 delivery that waits is sent at once.").waitFor();
  expect(await askedBy(() => inDialog("Enable endpoint").click())).toHaveLength(1);
  await page.getByText("nothing waits").waitFor({ timeout: 20_000 });
});

it("rotates the secret, and says that the old one stays valid for a day", async () => {
  await button("Rotate secret…").click();
  await tab.page.getByText("The old one stays valid for 24 hours").waitFor();
  await inDialog("Rotate secret").click();
  const next = await readSecret();
  expect(next).not.toBe(secret);
  const [test] = await askedBy(() => button("Send test event").click());
  for (const key of [secret, next]) expectSignature(test as Asked, key);
});

it("shows who owes a receipt, since when, and what was received", async () => {
  const { page } = tab;
  let [gone, owed] = ["", ""];
  await askedBy(async () => {
    gone = await deleteAUser();
  });
  endpoint.reply(answerJson({}, 500));
  await askedBy(async () => {
    owed = await deleteAUser();
  });
  await tab.open(`/erasure?user=${gone}`);
  await rows("Purge receipts").getByText("purged 3 notes").waitFor();
  await button("Details").click();
  await page.getByText("evt_").waitFor();
  expect(await tab.findViolations()).toEqual([]);
  await button("Clear filters").click();
  await rows("Purge receipts").nth(4).waitFor();
  gateway.clock.advance({ days: 8 });
  await page.goto(`${gateway.url}/console/erasure`);
  await signIn(page, ADMIN_KEY);
  const counts = page.getByRole("list", { name: "Owed receipts" });
  await counts.getByText("1", { exact: true }).waitFor();
  await counts.getByRole("link", { name: "Overdue" }).click();
  await page.getByText("1 receipt", { exact: true }).waitFor();
  expect(await rows("Purge receipts").getByText("Overdue").count()).toBe(1);
  expect(await rows("Purge receipts").getByRole("link").first().getAttribute("title")).toBe(owed);
  expect(await tab.findViolations()).toEqual([]);
});

it("fits a phone", async () => {
  const { page } = tab;
  await page.setViewportSize({ width: 390, height: 844 });
  const overflow = () =>
    page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
  await page.getByRole("list", { name: "Purge receipts" }).waitFor();
  expect(await overflow()).toBe(0);
  await page.getByRole("link", { name: "Notes and files" }).click();
  await page.getByRole("list", { name: "Deliveries" }).waitFor();
  await button("Details").first().click();
  await page.getByLabel("Request body").waitFor();
  expect(await overflow()).toBe(0);
  expect(await tab.findViolations()).toEqual([]);
  await page.setViewportSize({ width: 1280, height: 800 });
});

it("deletes the endpoint once its id is typed, and keeps its receipts", async () => {
  const { page } = tab;
  const [{ id } = {}] = await list();
  await button("Delete…").click();
  await page.getByText(/It never gets what it has not received yet: 1 (pending|parked) delivery\./).waitFor();
  await page.getByText("Receipts that it owes stay outstanding").waitFor();
  expect(await tab.findViolations()).toEqual([]);
  await page.getByLabel(/^Type/).fill(String(id).slice(-6));
  await inDialog("Delete endpoint").click();
  await page.getByText("The endpoint Notes and files was deleted.").waitFor();
  await page.getByText("No webhook endpoints").waitFor();
  expect(await list()).toEqual([]);
  await tab.open("/erasure?state=received");
  await rows("Purge receipts").getByText("(deleted)").first().waitFor();
  await tab.open(`/webhooks/${id}`);
  await page.getByText("Endpoint not found").waitFor();
});

it("logs no errors and sends no requests to other hosts", () => {
  expect(tab.browserErrors).toEqual([]);
});
