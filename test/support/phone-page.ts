import { expect } from "@jest/globals";
import type { Page } from "playwright-core";
import { findViolations } from "./accessibility.ts";

export const PHONE = { width: 390, height: 844 };

/** Checks accessibility and width in both color schemes, on a phone's screen. */
export async function expectReadable(page: Page): Promise<void> {
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await findViolations(page, {})).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(PHONE.width);
  }
}
