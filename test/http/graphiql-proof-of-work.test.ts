/** Guests that need a proof of work, in GraphiQL, in a real browser. */
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { openBrowser } from "../support/browser.ts";
import { countRows, createDatabase, type Gateway, startGateway } from "../support/gateway.ts";

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url, settings: { GUEST_PROOF_OF_WORK: "always" } });
  browser = await openBrowser();
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(15_000);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
  await database?.drop();
});

it("the first step of the walkthrough becomes a guest, whose proof its reader does not see", async () => {
  await page.goto(`${gateway.url}/graphiql`);
  await page.waitForSelector(".graphiql-execute-button");
  await page.locator(".graphiql-tab-button").first().click();
  await page.locator(".graphiql-query-editor", { hasText: /#\s1\./ }).waitFor();
  await page.waitForTimeout(300);
  await page.locator(".graphiql-execute-button").click();
  await page.getByTestId("user").waitFor();
  expect(await page.getByTestId("kind").textContent()).toBe("anonymous");
  expect(await countRows(gateway, "users")).toBe(1);
  expect(await countRows(gateway, "used_proofs")).toBe(1);
  expect(await page.locator(".graphiql-query-editor").textContent()).not.toContain("proofOfWork");
  expect(await page.locator(".result-window").textContent()).not.toContain("PROOF_OF_WORK_REQUIRED");
});
