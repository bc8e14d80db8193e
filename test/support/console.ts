/** The console in a real browser: signs in, and records errors and unexpected requests. */
import type { Browser, Page } from "playwright-core";
import { findViolations, WCAG } from "./accessibility.ts";
import { openBrowser } from "./browser.ts";
import { ADMIN_KEY, type Gateway } from "./gateway.ts";

export interface Console {
  readonly browser: Browser;
  readonly page: Page;
  /** Script errors, violations of the content security policy, failed requests, and requests to other hosts. Expect none. */
  readonly browserErrors: string[];
  /** Opens a path below `/console` and waits for the page's heading. */
  open(path: string): Promise<void>;
  /** The violations of WCAG 2.2 A and AA, and of unique landmarks, that axe finds in both color schemes. Expect none. */
  findViolations(): Promise<string[]>;
  /** The tab stops in order from the top of the page: element and name. */
  listStops(): Promise<string[]>;
  close(): Promise<void>;
}

const MAX_STOPS = 200;
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 800 };

/**
 * Starts a separate browser: in a single process, closing one context closes all.
 * @param options.adminKey null: does not sign in
 */
export async function openConsole(
  gateway: Pick<Gateway, "url">,
  { adminKey = ADMIN_KEY, isPhone = false }: { adminKey?: string | null; isPhone?: boolean } = {},
): Promise<Console> {
  const browser = await openBrowser();
  const page = await browser.newPage({
    viewport: isPhone ? PHONE : DESKTOP,
    hasTouch: isPhone,
    isMobile: isPhone,
    reducedMotion: "reduce",
    colorScheme: "light",
  });
  page.setDefaultTimeout(30_000);
  const browserErrors: string[] = [];
  page.on("console", (message) => {
    // The session check before sign-in: the browser logs its 401.
    const isSessionCheck = message.location().url.endsWith("/console/session");
    if (message.type() === "error" && !isSessionCheck) browserErrors.push(message.text());
  });
  page.on("pageerror", (error) => void browserErrors.push(String(error)));
  page.on("request", (request) => {
    const url = request.url();
    if (!/^(blob|data):/.test(url) && !url.startsWith(`${gateway.url}/`))
      browserErrors.push(`request to ${url}`);
  });
  const open = async (path: string): Promise<void> => {
    await page.goto(`${gateway.url}/console${path}`);
    await page.locator("h1").first().waitFor();
  };
  if (adminKey === null) await page.goto(`${gateway.url}/console/`);
  else {
    await page.goto(`${gateway.url}/console/`);
    await signIn(page, adminKey);
    await page.locator("h1").first().waitFor();
  }
  return {
    browser,
    page,
    browserErrors,
    open,
    async findViolations() {
      const lines: string[] = [];
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor({ state: "attached" });
        const found = await findViolations(page, {
          ...WCAG,
          rules: { "landmark-unique": { enabled: true } },
        });
        lines.push(...found.map((line) => `${colorScheme}: ${line}`));
      }
      await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
      return lines;
    },
    async listStops() {
      const stops: string[] = [];
      await page.evaluate(() => {
        (document.activeElement as HTMLElement | null)?.blur();
        getSelection()?.collapse(document.body, 0);
      });
      for (let step = 0; step < MAX_STOPS; step++) {
        await page.keyboard.press("Tab");
        const stop = await page.evaluate(() => {
          const element = document.activeElement;
          if (!element || element === document.body) return null;
          const labels = [...((element as HTMLInputElement).labels ?? [])].map((label) => label.textContent);
          const name = element.getAttribute("aria-label") ?? (labels.join(" ") || element.textContent);
          return `${element.localName} ${name?.trim()}`;
        });
        if (stop === null) return stops;
        stops.push(stop);
      }
      throw new Error(`The keyboard does not leave the page: ${stops.join(", ")}`);
    },
    close: () => browser.close(),
  };
}

/** Fills in and submits the open sign-in form. */
export async function signIn(page: Page, adminKey: string): Promise<void> {
  await page.getByRole("textbox", { name: "Admin key" }).fill(adminKey);
  await page.getByRole("button", { name: "Sign in" }).click();
}
