/** A real Chromium, from npm. */
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as playwright } from "playwright-core";

/** What scrapers like, and what would hide that a page breaks the same-origin policy. */
const PROTECTIONS_OFF = /^--(disable-web-security|allow-running-insecure-content)$/;
/** A GPU that is emulated takes a third of a test's processor time, and no test looks at pixels. */
const EMULATED_GPU = /^--(use-gl|use-angle|enable-unsafe-swiftshader|ignore-gpu-blocklist|in-process-gpu)/;

export async function openBrowser(): Promise<Browser> {
  return playwright.launch({
    executablePath: await chromium.executablePath(),
    args: [
      ...chromium.args.filter((argument) => !PROTECTIONS_OFF.test(argument) && !EMULATED_GPU.test(argument)),
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
    ],
    headless: true,
  });
}
