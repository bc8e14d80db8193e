/** The audit page: filters in the URL, event details, and the export. */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type Console, openConsole } from "../support/console.ts";
import { type Gateway, loginAnonymously } from "../support/gateway.ts";
import { createOperator } from "../support/operator.ts";
import { startPopulatedGateway } from "../support/population.ts";

let place: Awaited<ReturnType<typeof startPopulatedGateway>>;
let gateway: Gateway;
let tab: Console;
let guest: string;

beforeAll(async () => {
  place = await startPopulatedGateway(300);
  gateway = place.gateway;
  gateway.clock.advance({ minutes: 1 });
  guest = (await loginAnonymously(gateway)).id;
  await gateway.admin("mutation ($id: ID!) { disableUser(id: $id) { id } }", { variables: { id: guest } });
  const other = await createOperator(gateway, "day shift");
  await other.save({ name: "api-key", enabled: true });
  await other.deploy("<b>keys</b>");
  await gateway.admin("{ providers { name } }", { token: "pba_wrong" });
  tab = await openConsole(gateway);
});
afterAll(async () => {
  await tab?.close();
  await place?.stop();
});

const rows = () =>
  tab.page
    .getByRole("table", { name: "Events" })
    .locator("tbody tr")
    .filter({ has: tab.page.getByRole("button", { name: "Details" }) });
const waitForRows = async (count: number): Promise<void> => {
  await rows()
    .nth(count - 1)
    .waitFor();
  await rows().nth(count).waitFor({ state: "detached" });
};
const search = (): string => new URL(tab.page.url()).search;

it("lists the newest events first, page by page, and is accessible", async () => {
  const { page } = tab;
  // Deployments of a seeded database are of the day on which it was seeded.
  await tab.open("/audit?until=2026-06-01");
  await waitForRows(50);
  await rows().first().getByText("Signed in to the console").waitFor();
  expect(await tab.findViolations()).toEqual([]);
  await page.getByRole("button", { name: "Next" }).click();
  await rows().first().getByText("Signed in to the console").waitFor({ state: "detached" });
  await page.reload();
  await page.getByRole("button", { name: "Previous" }).click();
  await rows().first().getByText("Signed in to the console").waitFor();
});

it("stores its filters in the URL", async () => {
  const { page } = tab;
  await tab.open("/audit");
  await page.getByLabel("Action").selectOption("User disabled");
  await page.getByLabel("User", { exact: true }).fill(guest);
  await page.keyboard.press("Enter");
  await waitForRows(1);
  expect(search()).toBe(`?action=USER_DISABLED&user=${guest}`);
  await page.reload();
  await waitForRows(1);
  await rows().getByText("ADMIN_KEY").waitFor();
  await page.goBack();
  await page.waitForURL((url) => url.search === "?action=USER_DISABLED");
  await tab.open("/audit?actor=day+shift&action=DEPLOYED");
  await waitForRows(1);
  await tab.open("/audit?outcome=failed&action=ADMIN_KEY_REFUSED&from=2026-06-01&until=2026-06-01");
  await waitForRows(1);
  await rows().getByText("failed: UNAUTHENTICATED").waitFor();
  await tab.open("/audit?action=DEPLOYED&from=2099-01-01");
  await page.getByText("No events match").waitFor();
  expect(await tab.findViolations()).toEqual([]);
  await page.getByRole("button", { name: "Clear filters" }).last().click();
  await waitForRows(50);
});

it("links to the deployment and expands details", async () => {
  const { page } = tab;
  await tab.open("/audit?actor=day+shift&action=DEPLOYED");
  await waitForRows(1);
  const details = rows().getByRole("button", { name: "Details" });
  expect(await details.getAttribute("aria-expanded")).toBe("false");
  await details.click();
  await page.getByText("<b>keys</b>").waitFor();
  expect(await details.getAttribute("aria-expanded")).toBe("true");
  expect(await tab.findViolations()).toEqual([]);
  const version = await rows()
    .getByRole("link", { name: /^Version/ })
    .textContent();
  await rows()
    .getByRole("link", { name: /^Version/ })
    .click();
  await page.getByRole("heading", { level: 1, name: String(version) }).waitFor();
});

it("exports the events that match the filters", async () => {
  const { page } = tab;
  await tab.open(`/audit?user=${guest}`);
  await waitForRows(1);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Export as NDJSON" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("audit.ndjson");
  const lines = (await readFile(await download.path(), "utf8")).trim().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ action: "USER_DISABLED", userId: guest }),
  ]);
  await page.getByText("Export saved.").waitFor();
});

it("logs no errors and sends no requests to other hosts", () => {
  expect(tab.browserErrors).toEqual([]);
});
