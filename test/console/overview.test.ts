/** The overview's charts match the statistics. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Console, openConsole } from "../support/console.ts";
import { createDatabase, type Gateway, startGateway } from "../support/gateway.ts";
import { startPopulatedGateway } from "../support/population.ts";

const STATISTICS = `query ($days: Int!) { statistics(days: $days) {
  logins { total byProvider { provider count } } failedLogins { total byCode { code count } }
  conversion { arrived linked merged } anonymousUsers { total expiringWithinWeek byAge { ageDays users } }
  activeSessions { total byProvider { provider count } } } }`;

const toNumber = (text: string): number => Number(text.replaceAll(",", ""));

/** The columns and numeric rows of a chart in its table view. */
async function readTable(tab: Console, title: string): Promise<{ columns: string[]; rows: number[][] }> {
  await tab.page.getByRole("button", { name: `Show as table: ${title}` }).click();
  const table = tab.page.getByRole("table", { name: title });
  await table.waitFor();
  const [, ...columns] = await table.locator("thead th").allTextContents();
  const rows = await table
    .locator("tbody tr")
    .evaluateAll((lines) =>
      lines.map((line) => [...line.querySelectorAll("td")].map((cell) => cell.textContent ?? "")),
    );
  return { columns, rows: rows.map((cells) => cells.map(toNumber)) };
}

interface Count {
  count: number;
  provider?: string;
  code?: string;
}
const inColumns = (columns: string[], counts: Count[], total: number): number[] =>
  columns.map((column) =>
    column === "All" ? total : (counts.find((each) => (each.provider ?? each.code) === column)?.count ?? 0),
  );

describe("with users", () => {
  let place: Awaited<ReturnType<typeof startPopulatedGateway>>;
  let gateway: Gateway;
  let tab: Console;
  beforeAll(async () => {
    place = await startPopulatedGateway(1_500);
    gateway = place.gateway;
    tab = await openConsole(gateway);
  });
  afterAll(async () => {
    await tab?.close();
    await place?.stop();
  });
  const read = async (days: number) =>
    (await gateway.admin(STATISTICS, { variables: { days } })).data.statistics;

  it("draws every chart, is accessible, and does not rely on color alone", async () => {
    await tab.open("/overview");
    await tab.page.getByRole("img", { name: /^Chart: Logins per day/ }).waitFor();
    expect(await tab.page.getByRole("img", { name: /^Chart: / }).count()).toBe(5);
    const fills = await tab.page
      .getByRole("img", { name: /^Chart: Logins per day/ })
      .locator("path.recharts-rectangle")
      .evaluateAll((bars) => [...new Set(bars.map((bar) => bar.getAttribute("fill")))]);
    expect(fills.length).toBeGreaterThan(2);
    for (const fill of fills) expect(fill).toMatch(/^url\(#series-\d\)$/);
    expect(await tab.findViolations()).toEqual([]);
  });

  it("has only named controls in the tab order, never parts of a chart", async () => {
    await tab.open("/overview");
    await tab.page.getByRole("img", { name: /^Chart: Active sessions/ }).waitFor();
    const stops = await tab.listStops();
    expect(stops.filter((stop) => stop.startsWith("g ") || stop.endsWith(" "))).toEqual([]);
    expect(stops).toContain("button Show as table: Active sessions");
    await tab.page.getByText("7 days", { exact: true }).click();
    await tab.page.getByText(/logins in 7 days, by provider/).waitFor();
    expect((await tab.listStops()).filter((stop) => stop.startsWith("g "))).toEqual([]);
  });

  it("shows the statistics in tables", async () => {
    await tab.open("/overview");
    const statistics = await read(30);

    const logins = await readTable(tab, "Logins per day");
    expect(statistics.logins.some(({ total }: { total: number }) => total > 0)).toBe(true);
    expect(logins.rows).toEqual(
      statistics.logins.map(({ byProvider, total }: { byProvider: Count[]; total: number }) =>
        inColumns(logins.columns, byProvider, total),
      ),
    );
    const failed = await readTable(tab, "Failed logins by reason");
    expect(failed.rows).toEqual(
      statistics.failedLogins.map(({ byCode, total }: { byCode: Count[]; total: number }) =>
        inColumns(failed.columns, byCode, total),
      ),
    );
    expect((await readTable(tab, "Conversion to permanent users")).rows).toEqual(
      statistics.conversion.map((week: { arrived: number; linked: number; merged: number }) => [
        week.arrived,
        week.linked,
        week.merged,
      ]),
    );
    expect((await readTable(tab, "Anonymous users by age")).rows).toEqual(
      statistics.anonymousUsers.byAge.map(({ users }: { users: number }) => [users]),
    );
    expect((await readTable(tab, "Active sessions")).rows).toEqual(
      statistics.activeSessions.byProvider.map(({ count }: Count) => [count]),
    );
    const expiring = statistics.anonymousUsers.expiringWithinWeek;
    await tab.page
      .getByText(
        new RegExp(` ${expiring} expire within the next 7 days: anonymous users are deleted after 90 days`),
      )
      .waitFor();
    expect(await tab.findViolations()).toEqual([]);
  });

  it("stores its time range in the URL, across reload and back", async () => {
    const { page } = tab;
    await tab.open("/overview");
    await page.getByText("7 days", { exact: true }).click();
    await page.getByText(/logins in 7 days, by provider/).waitFor();
    expect(new URL(page.url()).search).toBe("?days=7");
    await page.reload();
    await page.getByText(/logins in 7 days, by provider/).waitFor();
    await page.goBack();
    await page.getByText(/logins in 30 days, by provider/).waitFor();
    const week = await read(7);
    await page.goForward();
    expect((await readTable(tab, "Logins per day")).rows).toHaveLength(week.logins.length);
  });

  it("logs no errors and sends no requests to other hosts", () => {
    expect(tab.browserErrors).toEqual([]);
  });
});

it("explains what to do while there are no users", async () => {
  const database = await createDatabase("sqlite");
  const gateway = await startGateway({ url: database.url });
  const tab = await openConsole(gateway, { isPhone: true });
  await tab.open("/overview");
  await tab.page.getByText("No logins yet").waitFor();
  for (const said of ["No new users in these weeks", "No anonymous users", "No failed logins"]) {
    await tab.page.getByText(said).waitFor();
  }
  expect(await tab.page.getByRole("button", { name: /^Show as table/ }).count()).toBe(0);
  expect(await tab.findViolations()).toEqual([]);
  expect(tab.browserErrors).toEqual([]);
  await tab.close();
  await gateway.stop();
  await database.drop();
});
