/** The users page: search and filters, at shareable URLs. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Console, openConsole } from "../support/console.ts";
import {
  createDatabase,
  type Gateway,
  linkEmail,
  loginAnonymously,
  mergeUser,
  startGateway,
} from "../support/gateway.ts";
import { createOperator } from "../support/operator.ts";

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
let tab: Console;
let permanent: string;
let former: string;
let disabled: string;
const GUESTS = 60;

beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url });
  disabled = (await loginAnonymously(gateway)).id;
  await gateway.admin("mutation ($id: ID!) { disableUser(id: $id) { id } }", { variables: { id: disabled } });
  gateway.clock.advance({ days: 20 });
  const person = await loginAnonymously(gateway);
  permanent = person.id;
  await linkEmail(gateway, person.accessToken, "ada@example.com");
  const guest = await loginAnonymously(gateway);
  former = guest.id;
  const conflict = await linkEmail(gateway, guest.accessToken, "ada@example.com");
  await mergeUser(gateway, guest.accessToken, conflict.data.linkIdentity.mergeTicket);
  for (let index = 0; index < GUESTS; index++) await loginAnonymously(gateway);
  tab = await openConsole(gateway);
});
afterAll(async () => {
  await tab?.close();
  await gateway?.stop();
  await database?.drop();
});

const rows = () => tab.page.getByRole("table", { name: "Users" }).locator("tbody tr");
const find = async (text: string): Promise<void> => {
  await tab.page.getByRole("searchbox", { name: "Find a user" }).fill(text);
  await tab.page.keyboard.press("Enter");
};
const path = (): string => new URL(tab.page.url()).pathname + new URL(tab.page.url()).search;
/** Waits until the page shows that many rows. */
const waitForRows = async (count: number): Promise<void> => {
  if (count > 0)
    await rows()
      .nth(count - 1)
      .waitFor();
  await rows().nth(count).waitFor({ state: "detached" });
};

describe("the search", () => {
  it("opens the user of an id", async () => {
    await tab.open("/users");
    await find(permanent);
    await tab.page.getByRole("heading", { level: 1, name: "User", exact: true }).waitFor();
    expect(path()).toBe(`/console/users/${permanent}`);
  });

  it("opens the merged user of a former id, and explains it", async () => {
    await tab.open("/users");
    await find(` ${former} `);
    await tab.page.getByText(`${former} was merged into this user`).waitFor();
    expect(path()).toBe(`/console/users/${permanent}?formerId=${former}`);
    await tab.open(`/users/${former}`);
    await tab.page.getByText(`${former} was merged into this user`).waitFor();
  });

  it("lists users by the start of their email", async () => {
    await tab.open("/users");
    await find("ADA@");
    await waitForRows(1);
    await tab.page.getByText("ada@example.com").waitFor();
    await tab.page.reload();
    await waitForRows(1);
    expect(await tab.page.getByRole("searchbox").inputValue()).toBe("ADA@");
    await tab.page.goBack();
    await waitForRows(50);
  });

  it("shows that no users match, and clears the filter", async () => {
    await tab.open("/users");
    await find("019aaaaa-0000-7000-8000-000000000000");
    await tab.page.getByText("No users match").waitFor();
    expect(await tab.findViolations()).toEqual([]);
    await tab.page.getByRole("button", { name: "Clear filters" }).last().click();
    await waitForRows(50);
  });
});

describe("filters", () => {
  it("are in the URL", async () => {
    await tab.open("/users");
    await tab.page.getByLabel("Access").selectOption("Disabled");
    await waitForRows(1);
    expect(path()).toBe("/console/users?disabled=yes");
    await rows().getByRole("link").click();
    await tab.page.getByRole("button", { name: "Enable…" }).waitFor();
    expect(path()).toBe(`/console/users/${disabled}`);
    await tab.page.goBack();
    await waitForRows(1);
  });

  it("find permanent users, and those of a provider", async () => {
    await tab.open("/users?state=permanent");
    await waitForRows(1);
    await tab.page.getByText("ada@example.com").waitFor();
    await tab.open("/users");
    await tab.page.getByLabel("Provider").selectOption("local-userpass");
    await waitForRows(1);
    await tab.page.getByText("ada@example.com").waitFor();
  });

  it("find users by creation date", async () => {
    await tab.open("/users?createdUntil=2026-06-02");
    await waitForRows(1);
    await rows().getByText("Disabled").waitFor();
    await tab.open("/users?createdFrom=2026-06-02&createdUntil=nonsense");
    await waitForRows(50);
  });

  it("find users who would lose access by the draft", async () => {
    const other = await createOperator(gateway, "night shift");
    await other.save({ name: "local-userpass", enabled: false });
    await tab.open("/users?losingAccessBy=local-userpass");
    await waitForRows(1);
    await tab.page.getByText("Losing access by the draft of local-userpass").waitFor();
    expect(await tab.findViolations()).toEqual([]);
    await other.discard();
  });
});

it("pages forward and back, and each page has a shareable URL", async () => {
  const { page } = tab;
  await tab.open("/users");
  await waitForRows(50);
  await page.getByText("50 users, more on the next page").waitFor();
  expect(await page.getByRole("button", { name: "Previous" }).isDisabled()).toBe(true);
  const newest = await rows().first().getByRole("link").getAttribute("href");
  await page.getByRole("button", { name: "Next" }).click();
  await waitForRows(GUESTS + 2 - 50);
  const second = path();
  await page.getByRole("button", { name: "Previous" }).click();
  await waitForRows(50);
  expect(await rows().first().getByRole("link").getAttribute("href")).toBe(newest);
  await tab.open(second.replace("/console", ""));
  await waitForRows(GUESTS + 2 - 50);
  await page.getByRole("button", { name: "First page" }).click();
  await waitForRows(50);
  expect(await tab.findViolations()).toEqual([]);
});

it("logs no errors and sends no requests to other hosts", () => {
  expect(tab.browserErrors).toEqual([]);
});

it("shows cards on a phone, and explains what to do while there are no users", async () => {
  const phone = await openConsole(gateway, { isPhone: true });
  await phone.open("/users?state=permanent");
  const cards = phone.page.getByRole("list", { name: "Users" });
  await cards.getByText("ada@example.com").waitFor();
  expect(await phone.page.getByRole("table").count()).toBe(0);
  expect(await phone.page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBe(0);
  expect(await phone.findViolations()).toEqual([]);
  await phone.close();

  const emptyDatabase = await createDatabase("sqlite");
  const emptyGateway = await startGateway({ url: emptyDatabase.url });
  const empty = await openConsole(emptyGateway);
  await empty.open("/users");
  await empty.page.getByText("No users yet").waitFor();
  expect(await empty.findViolations()).toEqual([]);
  expect(empty.browserErrors).toEqual([]);
  await empty.close();
  await emptyGateway.stop();
  await emptyDatabase.drop();
});
