/** The examples while each guest needs a proof of work. */
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { Browser } from "playwright-core";
import { openBrowser } from "../support/browser.ts";
import { startExample } from "../support/example.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
}, 60_000);
afterAll(() => browser.close());

it.each(["apollo-client", "urql"])(
  "a visitor of the example with %s becomes one guest, without noticing",
  async (name) => {
    const example = await startExample(name, { GUEST_PROOF_OF_WORK: "always" });
    try {
      const page = await (await browser.newContext()).newPage();
      await page.goto(example.url);
      await page.waitForFunction('localStorage.getItem("passerby:session") !== null', { timeout: 20_000 });
      expect(await example.countUsers()).toBe(1);
      // This browser shares storage between contexts.
      await page.evaluate("localStorage.clear()");
      await page.close();
    } finally {
      await example.stop();
    }
  },
  60_000,
);
