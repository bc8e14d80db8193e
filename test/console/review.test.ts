/** Reviewing dangerous changes, and reviews that another operator's changes outdate. */
import { afterAll, beforeAll, beforeEach, expect, it } from "@jest/globals";
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
const HTML = "<img src=x onerror=alert(1)>";

beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url });
  const person = await loginAnonymously(gateway);
  await linkEmail(gateway, person.accessToken, "only@example.com");
  other = await createOperator(gateway, HTML);
  tab = await openConsole(gateway);
});
afterAll(async () => {
  await tab?.close();
  await gateway?.stop();
  await database?.drop();
});
beforeEach(() => other.discard());

const dialog = () => tab.page.getByRole("dialog", { name: "Review & Deploy Changes" });
const button = (name: string) => dialog().getByRole("button", { name, exact: true });
const versions = async (): Promise<number> =>
  (await gateway.admin("{ deployments(first: 1) { edges { node { version } } } }")).data.deployments.edges[0]
    .node.version;

it("requires the provider's name before users lose access", async () => {
  const before = await versions();
  await other.save({ name: "local-userpass", enabled: false });
  await tab.open("/overview?review");
  await dialog().getByText("1 user would lose access without Email and password.").waitFor();
  expect(await dialog().getByRole("link", { name: "Show users" }).getAttribute("href")).toBe(
    "/console/users?losingAccessBy=local-userpass",
  );
  const typed = dialog().getByLabel("Type local-userpass to confirm");
  expect(await tab.findViolations()).toEqual([]);
  await button("Deploy").click();
  await dialog().getByText("This does not match local-userpass.").waitFor();
  expect(await dialog().locator(":focus").getAttribute("id")).toBe(await typed.getAttribute("id"));
  expect(await tab.findViolations()).toEqual([]);
  expect(await versions()).toBe(before);
  await typed.fill("local-userpass");
  await button("Deploy").click();
  await dialog()
    .getByText(`Version ${before + 1} is live.`)
    .waitFor();
  expect(await tab.findViolations()).toEqual([]);
  await other.redeploy(1);
});

it("deploys only what was reviewed: a draft that changed meanwhile has to be reviewed again", async () => {
  const before = await versions();
  await other.save({ name: "anon-user", enabled: false });
  await tab.open("/overview?review");
  await dialog().getByRole("row", { name: "Provider Enabled on off" }).waitFor();
  await other.save({ name: "local-userpass", enabled: false });
  await button("Deploy").click();
  await dialog().getByText("The draft was changed after it was reviewed. Review it again.").waitFor();
  await dialog().getByText("The draft has changed").waitFor();
  // The operator's name is rendered as plain text.
  await dialog().getByText(`${HTML} saved changes after you opened this review.`).waitFor();
  expect(await tab.page.locator("img").count()).toBe(0);
  expect(await dialog().getByRole("row", { name: "Provider Enabled" }).count()).toBe(1);
  expect(await versions()).toBe(before);
  expect(await tab.findViolations()).toEqual([]);
  await button("Show the current draft").click();
  await dialog().getByRole("group", { name: "Email and password" }).waitFor();
  expect(await dialog().getByRole("row", { name: "Provider Enabled" }).count()).toBe(2);
});

it("notices that another operator deployed the draft", async () => {
  await other.save({ name: "anon-user", enabled: false });
  await tab.open("/overview?review");
  await button("Deploy").waitFor();
  await other.deploy();
  await dialog().getByText("There is nothing to deploy").waitFor();
  await other.redeploy(1);
});

it("shows the version that another operator deployed, and rebases the draft on it", async () => {
  await other.save({ name: "anon-user", enabled: false });
  await other.deploy("night shift");
  await gateway.admin(
    'mutation { saveProvider(input: { name: "custom-token", enabled: true, settings: { issuer: "https://me.example.com", algorithms: ["HS256"], secret: "a-shared-secret-of-32-characters!!" } }) { revision } }',
  );
  await other.redeploy(1);
  const live = await versions();
  await tab.open("/overview");
  await tab.page.getByText("The draft is out of date").waitFor();
  await tab.page.getByRole("button", { name: "Review & Deploy Changes" }).click();
  await dialog().getByText("Another version was deployed", { exact: true }).waitFor();
  await dialog().getByText(`Version ${live}, by ${HTML}`).waitFor();
  expect(await dialog().getByRole("row", { name: "Provider Enabled off on" }).count()).toBe(2);
  expect(await tab.findViolations()).toEqual([]);
  await button(`Keep my changes on top of version ${live}`).click();
  await button("Deploy").waitFor();
  expect(await dialog().getByText("Allow users to log in anonymously").count()).toBe(0);
  await dialog().getByRole("row", { name: "Shared secret not set set" }).waitFor();
  await button("Deploy").click();
  await dialog()
    .getByText(`Version ${live + 1} is live.`)
    .waitFor();
  const { data } = await gateway.admin("{ providers { name enabled } }");
  const enabled = data.providers.filter((each: { enabled: boolean }) => each.enabled);
  expect(enabled.map((each: { name: string }) => each.name)).toEqual([
    "anon-user",
    "local-userpass",
    "custom-token",
  ]);
});

it("discards a draft after confirmation, and not by pressing Enter at once", async () => {
  await other.save({ name: "anon-user", enabled: false });
  await tab.open("/overview");
  const { page } = tab;
  await page.getByRole("button", { name: "Discard", exact: true }).click();
  const confirm = page.getByRole("dialog", { name: "Discard the draft?" });
  await confirm.waitFor();
  expect(await tab.findViolations()).toEqual([]);
  await page.keyboard.press("Enter");
  await confirm.waitFor({ state: "detached" });
  expect((await gateway.admin("{ draft { revision } }")).data.draft).not.toBeNull();
  await page.getByRole("button", { name: "Discard", exact: true }).click();
  await confirm.getByRole("button", { name: "Discard the draft" }).click();
  await page.getByRole("region", { name: "Undeployed changes" }).waitFor({ state: "detached" });
  expect((await gateway.admin("{ draft { revision } }")).data.draft).toBeNull();
});

it("logs no errors and sends no requests to other hosts", () => {
  expect(tab.browserErrors).toEqual([]);
});
