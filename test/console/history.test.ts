/** The deployment history: listed, compared, and redeployed. */
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type Console, openConsole } from "../support/console.ts";
import {
  createDatabase,
  type Gateway,
  linkEmail,
  loginAnonymously,
  startGateway,
} from "../support/gateway.ts";
import { createOperator } from "../support/operator.ts";

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
let tab: Console;
let other: Awaited<ReturnType<typeof createOperator>>;
const ROUNDS = 24;

beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url, settings: { INITIAL_PROVIDERS: "anon-user" } });
  other = await createOperator(gateway, "night shift");
  for (let round = 0; round < ROUNDS; round++) {
    await other.save({ name: "local-userpass", enabled: round % 2 === 0 });
    await other.deploy(`round ${round}`);
  }
  await other.save({ name: "local-userpass", enabled: true });
  await other.deploy("<b>bold</b>");
  const person = await loginAnonymously(gateway);
  await linkEmail(gateway, person.accessToken, "only@example.com");
  tab = await openConsole(gateway);
});
afterAll(async () => {
  await tab?.close();
  await gateway?.stop();
  await database?.drop();
});

it("lists versions newest first, and more on request", async () => {
  const { page } = tab;
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "History" }).click();
  await page.getByRole("heading", { level: 1, name: "History" }).waitFor();
  const newest = page.getByRole("listitem").filter({ hasText: "Version 26" });
  await newest.getByText("Live", { exact: true }).waitFor();
  await newest.getByText("by night shift").waitFor();
  // Notes are rendered as plain text.
  await newest.getByText("<b>bold</b>", { exact: true }).waitFor();
  expect(await page.getByRole("link", { name: /^Version/ }).count()).toBe(20);
  await page.getByRole("button", { name: "Show more" }).click();
  await page.getByRole("link", { name: "Version 1", exact: true }).waitFor();
  expect(await page.getByRole("link", { name: /^Version/ }).count()).toBe(26);
  expect(await page.getByRole("button", { name: "Show more" }).count()).toBe(0);
  expect(await tab.findViolations()).toEqual([]);
});

it("shows the changes of a version and its differences from any other at a shareable URL", async () => {
  const { page } = tab;
  await tab.open("/authentication/history/3?against=25");
  await page.getByRole("heading", { level: 2, name: "Changes in this version" }).waitFor();
  await page.getByRole("row", { name: "Provider Enabled on off" }).waitFor();
  await page.getByText("No differences.").waitFor();
  await page.getByLabel("Compare with").selectOption("26");
  await page.getByText("No differences.").waitFor({ state: "detached" });
  expect(new URL(page.url()).search).toBe("?against=26");
  expect(await tab.findViolations()).toEqual([]);
  await page.reload();
  await page.getByLabel("Compare with").waitFor();
  expect(await page.getByLabel("Compare with").inputValue()).toBe("26");
  await tab.open("/authentication/history/999");
  await page.getByText("Version not found").waitFor();
  await tab.open("/authentication/history/x");
  await page.getByText("Version not found").waitFor();
});

it("redeploys a version after confirmation, unless another version was deployed meanwhile", async () => {
  const { page } = tab;
  await tab.open("/authentication/history/1");
  await page.getByRole("button", { name: "Redeploy" }).click();
  const dialog = page.getByRole("dialog", { name: "Redeploy version 1?" });
  await dialog.getByText("1 user would lose access without Email and password.").waitFor();
  expect(await tab.findViolations()).toEqual([]);
  await dialog.getByRole("button", { name: "Redeploy" }).click();
  await dialog.getByText("This does not match local-userpass.").waitFor();

  await other.save({ name: "anon-user", enabled: false });
  await other.deploy("quicker");
  await dialog.getByLabel("Type local-userpass to confirm").fill("local-userpass");
  await dialog.getByRole("button", { name: "Redeploy" }).click();
  await dialog.getByText("Another deployment went live after this was reviewed. Review it again.").waitFor();
  await dialog.getByRole("button", { name: "Review again" }).click();
  await dialog
    .getByText("The content of version 1 is deployed as version 28. Version 27 is live now.")
    .waitFor();
  await dialog.getByRole("group", { name: "Allow users to log in anonymously" }).waitFor();
  await dialog.getByLabel("Type local-userpass to confirm").fill("local-userpass");
  await dialog.getByRole("button", { name: "Redeploy" }).click();
  await page.getByText("Version 28 is live.").waitFor();
  expect(page.url()).toBe(`${gateway.url}/console/authentication/history/28`);
  const { data } = await gateway.admin(
    "{ deployments(first: 1) { edges { node { version note deployedBy } } } }",
  );
  expect(data.deployments.edges[0].node).toEqual({
    version: 28,
    note: "Version 1 again",
    deployedBy: "ADMIN_KEY",
  });
  expect(tab.browserErrors).toEqual([]);
});
