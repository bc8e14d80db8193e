/** Pages in a real browser that use the built package, at the origin of a gateway. */
import { readFileSync } from "node:fs";
import type { BrowserContext, Page } from "playwright-core";

const built = new URL("../../../packages/client/dist/", import.meta.url);

const PAGE = `<!doctype html><title>Page</title><script type="module">
  import * as client from "/client/index.js";
  const options = globalThis.options ?? {};
  Object.assign(globalThis, { client, passerby: client.createPasserby({ url: "/graphql", ...options }) });
</script>`;

/** Serves the page at `/page`; what `/graphql` gets is the gateway's. */
export async function servePage(context: BrowserContext, origin: string): Promise<void> {
  await context.route(`${origin}/page`, (route) => route.fulfill({ contentType: "text/html", body: PAGE }));
  await context.route(`${origin}/client/**`, (route) => {
    const { pathname } = new URL(route.request().url());
    const body = readFileSync(new URL(pathname.slice("/client/".length), built), "utf8");
    return route.fulfill({ contentType: "text/javascript", body });
  });
}

/** Opens the page in a tab, after scripts that change what the browser is. */
export async function openPage(context: BrowserContext, origin: string, ...scripts: string[]): Promise<Page> {
  const page = await context.newPage();
  for (const content of scripts) await page.addInitScript({ content });
  await page.goto(`${origin}/page`);
  await page.waitForFunction("globalThis.passerby");
  return page;
}

/** Evaluates an expression in the page; a PasserbyError becomes its code. */
export const run = <Result>(page: Page, expression: string): Promise<Result> =>
  page.evaluate(
    `(async () => (${expression}))().catch((error) => typeof error.code === "string" ? error.code : String(error))`,
  );
