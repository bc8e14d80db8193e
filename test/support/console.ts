/** The console in a real browser: signs in, and notes whatever a page does that no page of ours should. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { openBrowser } from "./browser.ts";
import { ADMIN_KEY, type Gateway } from "./gateway.ts";

export interface Console {
  readonly browser: Browser;
  readonly page: Page;
  /** Errors of scripts and of the content security policy, requests that failed and those to other hosts. Expect it to be empty. */
  readonly complaints: string[];
  /** Opens an address below `/console` and waits for the page's heading. */
  open(path: string): Promise<void>;
  /** What axe finds against WCAG 2.2 A and AA in both colour schemes, a line each. Expect it to be empty. */
  findBarriers(): Promise<string[]>;
  /** Where the Tab key stops from the top of the page on, in order: the element, and its name, a line each. */
  listStops(): Promise<string[]>;
  close(): Promise<void>;
}

const MAX_STOPS = 200;
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 800 };

/**
 * A browser of its own: in one process, closing one of several contexts closes them all.
 * @param options.adminKey null leaves the sign-in open
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
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on("console", (message) => {
    // Asking whether somebody is signed in, when nobody is: the browser reports the 401 itself.
    const isQuestion = message.location().url.endsWith("/console/session");
    if (message.type() === "error" && !isQuestion) complaints.push(message.text());
  });
  page.on("pageerror", (error) => void complaints.push(String(error)));
  page.on("request", (request) => {
    const url = request.url();
    if (!/^(blob|data):/.test(url) && !url.startsWith(`${gateway.url}/`))
      complaints.push(`request to ${url}`);
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
    complaints,
    open,
    async findBarriers() {
      const lines: string[] = [];
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor({ state: "attached" });
        const { violations } = await new AxeBuilder({ page })
          .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
          // Another page in this context, which axe would use otherwise, would end the only process.
          .setLegacyMode(true)
          .analyze();
        for (const { id, nodes } of violations) {
          for (const { html, failureSummary } of nodes) {
            lines.push(`${colorScheme}: ${id}: ${html} ${failureSummary}`);
          }
        }
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

/** Fills in the sign-in that is open. */
export async function signIn(page: Page, adminKey: string): Promise<void> {
  await page.getByRole("textbox", { name: "Admin key" }).fill(adminKey);
  await page.getByRole("button", { name: "Sign in" }).click();
}
