/** The frame of every page: on a phone, by keyboard, in both color schemes. */
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { Locator } from "playwright-core";
import { type Console, openConsole } from "../support/console.ts";
import { createDatabase, type Gateway, startGateway } from "../support/gateway.ts";
import { createOperator } from "../support/operator.ts";

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
let other: Awaited<ReturnType<typeof createOperator>>;
let phone: Console;

beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url });
  other = await createOperator(
    gateway,
    "a name that is as long as an operator may come up with, which does not fit a phone",
  );
  phone = await openConsole(gateway, { isPhone: true });
});
afterAll(async () => {
  await phone?.close();
  await gateway?.stop();
  await database?.drop();
});

const overflow = (): Promise<number> =>
  phone.page.evaluate(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  ) as Promise<number>;

it("fits a phone: the menu opens, and nothing overflows the screen", async () => {
  const { page } = phone;
  await other.save({ name: "local-userpass", enabled: false });
  await page.getByRole("region", { name: "Undeployed changes" }).waitFor();
  await page.getByRole("button", { name: "Menu" }).tap();
  await page.getByRole("link", { name: "Authentication" }).tap();
  await page.getByRole("heading", { level: 1, name: "Providers" }).waitFor();
  expect(await overflow()).toBe(0);
  await page.getByRole("link", { name: "Custom function" }).tap();
  await page.getByRole("textbox", { name: "Address" }).waitFor();
  expect(await overflow()).toBe(0);
  await page.getByRole("button", { name: "Review & Deploy Changes" }).tap();
  const deploy = page.getByRole("button", { name: "Deploy", exact: true });
  await deploy.waitFor();
  await deploy.scrollIntoViewIfNeeded();
  const box = await deploy.boundingBox();
  expect(box && box.x >= 0 && box.x + box.width <= 390).toBe(true);
  expect(await phone.findViolations()).toEqual([]);
  await page.getByRole("button", { name: "Cancel" }).tap();
  await phone.open("/authentication/history");
  await page.getByRole("link", { name: "Version 1" }).waitFor();
  expect(await overflow()).toBe(0);
  await phone.open("/authentication/history/1");
  await page.getByRole("heading", { name: "Changes in this version" }).waitFor();
  expect(await overflow()).toBe(0);
  expect(await phone.findViolations()).toEqual([]);
});

it("works by keyboard alone: skip link, page, dialog, and the focus is restored", async () => {
  const { page } = phone;
  await phone.open("/authentication/providers");
  const name = "(document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent)";
  const focused = (): Promise<string> => page.evaluate(name) as Promise<string>;
  /** The focus is restored once the dialog has faded out. */
  const waitForFocus = (text: string) => page.waitForFunction(`${name} === ${JSON.stringify(text)}`);
  const tabTo = async (text: string): Promise<void> => {
    for (let step = 0; (await focused()) !== text; step++) {
      if (step === 40) throw new Error(`The keyboard does not reach ${text}.`);
      await page.keyboard.press("Tab");
    }
  };
  await tabTo("Skip to main content");
  await page.keyboard.press("Enter");
  expect(await page.evaluate("document.activeElement.id")).toBe("main");
  await tabTo("Review & Deploy Changes");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Review & Deploy Changes" }).waitFor();
  await tabTo("Deploy");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await waitForFocus("Review & Deploy Changes");
  await tabTo("Allow users to log in anonymously");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Allow users to log in anonymously" }).waitFor();
  await waitForFocus("Allow users to log in anonymously");
  expect(await page.title()).toBe("Allow users to log in anonymously · Passerby");
  await tabTo("Save");
});

it("skips the closed menu of a phone in the tab order, and the page while the menu is open", async () => {
  const { page } = phone;
  await phone.open("/users");
  const isLink = (stop: string): boolean =>
    /^a (Overview|Authentication|Providers|History|Users|Webhooks|Erasure|Audit|Keys)$/.test(stop);
  const closed = await phone.listStops();
  expect(closed.slice(0, 2)).toEqual(["a Skip to main content", "button Menu"]);
  expect(closed.filter(isLink)).toEqual([]);
  expect(closed).toContain("button Find");

  const menu = page.getByRole("button", { name: "Menu" });
  await menu.press("Enter");
  await page.getByRole("link", { name: "Keys" }).waitFor();
  const open = await phone.listStops();
  expect(open.filter(isLink)).toHaveLength(9);
  expect(open).not.toContain("button Find");
  await page.getByRole("link", { name: "Keys" }).focus();
  await page.keyboard.press("Escape");
  expect(await menu.evaluate((button) => button === document.activeElement)).toBe(true);
  expect(await menu.getAttribute("aria-expanded")).toBe("false");
  expect((await phone.listStops()).filter(isLink)).toEqual([]);

  await page.setViewportSize({ width: 1280, height: 800 });
  const wide = await phone.listStops();
  expect(wide[0]).toBe("a Skip to main content");
  expect(wide.filter(isLink)).toHaveLength(9);
  expect(wide).toContain("button Find");
  await page.setViewportSize({ width: 390, height: 844 });
});

it("shows in a contrast theme what is on, selected and current", async () => {
  const { page } = phone;
  const background = (locator: Locator): Promise<string> =>
    locator.first().evaluate((element) => getComputedStyle(element).backgroundColor);
  await page.emulateMedia({ forcedColors: "active" });
  await phone.open("/authentication/providers/local-userpass");
  const track = page.locator(".mantine-Switch-track");
  const thumb = page.locator(".mantine-Switch-thumb");
  const enabled = page.getByRole("switch", { name: "Provider Enabled" });
  const looks: Record<string, string> = {};
  for (const isOn of [true, false]) {
    await enabled.setChecked(isOn);
    await page.waitForFunction(`document.querySelector(".mantine-Switch-input").checked === ${isOn}`);
    looks[String(isOn)] = await background(track);
    expect(await track.first().evaluate((element) => getComputedStyle(element).borderTopStyle)).toBe("solid");
    expect(await background(thumb)).not.toBe(await background(track));
  }
  expect(looks.true).not.toBe(looks.false);
  const link = (name: string) => page.locator(".mantine-NavLink-root", { hasText: name });
  expect(await background(link("Providers"))).not.toBe(await background(link("Users")));
  await phone.open("/overview");
  const range = (name: string) => page.locator(".mantine-SegmentedControl-label", { hasText: name });
  expect(await background(range("30 days"))).not.toBe(await background(range("90 days")));
  await page.getByRole("button", { name: "Review & Deploy Changes" }).tap();
  const dialog = page.getByRole("dialog", { name: "Review & Deploy Changes" });
  await dialog.waitFor();
  expect(await dialog.evaluate((element) => getComputedStyle(element).borderTopStyle)).toBe("solid");
  await page.keyboard.press("Escape");
  await page.emulateMedia({ forcedColors: "none" });
});

it("follows the system's color scheme, or the operator's choice, which is stored", async () => {
  const { page } = phone;
  const isScheme = (name: string): Promise<void> =>
    page.locator(`html[data-mantine-color-scheme="${name}"]`).waitFor({ state: "attached" });
  await isScheme("light");
  await page.emulateMedia({ colorScheme: "dark" });
  await isScheme("dark");
  await page.getByRole("button", { name: "Theme: System" }).tap();
  await page.getByRole("menuitemradio", { name: "Light" }).tap();
  await isScheme("light");
  await page.reload();
  await page.getByRole("button", { name: "Theme: Light" }).waitFor();
  await isScheme("light");
});

it("logs no errors and sends no requests to other hosts", () => {
  expect(phone.browserErrors).toEqual([]);
});
