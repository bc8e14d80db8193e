/** The authentication pages: every provider's form, empty states, and a gateway that does not respond. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { providers } from "../../src/providers/index.ts";
import { type Console, openConsole } from "../support/console.ts";
import { createDatabase, type Gateway, startGateway } from "../support/gateway.ts";

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
let tab: Console;

beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url });
  tab = await openConsole(gateway);
});
afterAll(async () => {
  await tab?.close();
  await gateway?.stop();
  await database?.drop();
});

describe("the form of", () => {
  it.each(providers.map(({ name }) => [name]))(
    "%s is accessible, and saving it unchanged changes nothing",
    async (name) => {
      const { page } = tab;
      const isNamed = providers.some((each) => each.name === name && each.isNamedByOperator);
      if (isNamed) await tab.open(`/authentication/providers/of-my-own?type=${name}`);
      else await tab.open(`/authentication/providers/${name}`);
      await page.getByRole("switch", { name: "Provider Enabled" }).waitFor();
      expect(await tab.findViolations()).toEqual([]);
      if (isNamed) return;
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await page.getByText("There are no changes to deploy for this provider.").waitFor();
      expect((await gateway.admin("{ draft { changes { field } } }")).data.draft.changes).toEqual([]);
      expect(await page.getByRole("region", { name: "Undeployed changes" }).count()).toBe(0);
    },
  );
});

it.each([
  ["/authentication/providers", "Allow users to log in anonymously"],
  ["/authentication/providers/anon-user", "This provider has no options."],
  ["/authentication/history", "Version 1"],
  ["/authentication/history/1", "Changes in this version"],
])("shows at %s that the gateway does not respond, and continues when it does", async (path, content) => {
  const { page } = tab;
  await page.route("**/admin/graphql", (route) => route.abort());
  await page.goto(`${gateway.url}/console${path}`);
  const failure = page
    .getByRole("alert")
    .filter({ hasText: "The gateway cannot be reached. It may be restarting." });
  await failure.waitFor();
  expect(await tab.findViolations()).toEqual([]);
  const again = page.waitForRequest(
    (request) => request.url().endsWith("/admin/graphql") && !request.postData()?.includes("query Reachable"),
  );
  await failure.getByRole("button", { name: "Try again" }).click();
  await again;
  // The page also retries by itself, so the button may be gone.
  await page.unroute("**/admin/graphql");
  await page.getByText(content, { exact: true }).first().waitFor();
  tab.browserErrors.splice(0, Infinity, ...tab.browserErrors.filter((line) => !line.includes("ERR_FAILED")));
});

it("shows a page at every address, and redirects unknown ones to the overview", async () => {
  await tab.open("/nothing/here");
  await tab.page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  await tab.open("/authentication/providers/unknown?type=nothing");
  await tab.page.getByText("Provider unknown not found").waitFor();
  expect(await tab.findViolations()).toEqual([]);
  await tab.open("/overview?review");
  await tab.page.getByText("There is nothing to deploy").waitFor();
  expect(await tab.findViolations()).toEqual([]);
  expect(tab.browserErrors).toEqual([]);
});
