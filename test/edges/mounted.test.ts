/** PUBLIC_URL with a path: everything is found below it, in a real browser, whether the proxy takes the path off or not. */
import { expect, it } from "@jest/globals";
import type { Browser } from "playwright-core";
import { openBrowser } from "../support/browser.ts";
import { openConsole } from "../support/console.ts";
import type { Gateway } from "../support/gateway.ts";
import { startMountingProxy } from "../support/mounting-proxy.ts";
import { atEnd, endGatewaysAfterEach, newGateway } from "../support/new-gateway.ts";

endGatewaysAfterEach();

async function mounted(path: string, strips: boolean): Promise<{ url: string; gateway: Gateway }> {
  let gateway: Gateway | undefined;
  const proxy = await startMountingProxy(() => String(gateway?.url), { path, strips });
  atEnd(proxy.close);
  gateway = await newGateway({ PUBLIC_URL: proxy.url });
  return { url: proxy.url, gateway };
}

const ways = [
  ["/auth", true],
  ["/auth", false],
  ["/a/b%20c&d", true],
  // The path of a route of ours: `/admin/graphql` without the path would be the other graph.
  ["/admin", true],
] as const;

it.each(ways)(
  "below %s (taken off: %s) the keys, discovery and both graphs are where the issuer says",
  async (path, strips) => {
    const { url, gateway } = await mounted(path, strips);
    const discovery = await (await fetch(`${url}/.well-known/openid-configuration`)).json();
    expect(discovery.issuer).toBe(url);
    expect((await (await fetch(discovery.jwks_uri)).json()).keys).toHaveLength(1);
    const { data } = await gateway.graph("mutation { loginAnonymous { accessToken } }");
    expect(JSON.parse(atob(data.loginAnonymous.accessToken.split(".")[1])).iss).toBe(url);
    const post = (at: string, query: string) =>
      fetch(url + at, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query }),
      });
    expect(await (await post("/graphql", "{ me { id } }")).json()).toEqual({ data: { me: null } });
    expect(await (await post("/admin/graphql", "{ draft { baseVersion } }")).text()).toContain(
      "UNAUTHENTICATED",
    );
    for (const entry of ["", "/", "/graphiql", "/graphiql/"]) {
      const answer = await fetch(url + entry);
      expect([answer.status, answer.url]).toEqual([200, `${url}/graphiql/`]);
      const [asset = ""] = /(?<=src=")[^"]+/.exec(await answer.text()) ?? [];
      const script = await fetch(new URL(asset, answer.url));
      expect(script.headers.get("content-type")).toContain("javascript");
      // A large answer that is not read keeps its connection, and the test process, open for ever.
      await script.body?.cancel();
    }
    expect(await (await fetch(`${url}/nothing`)).text()).toContain(`The graph is at ${path}/graphql.`);
  },
);

it.each(ways)(
  "below %s (taken off: %s) GraphiQL runs operations and the console signs in, reloads and signs out",
  async (path, strips) => {
    const { url } = await mounted(path, strips);
    const browser: Browser = await openBrowser();
    atEnd(() => browser.close());
    const page = await browser.newPage();
    const browserErrors: string[] = [];
    page.on("console", (message) => void (message.type() === "error" && browserErrors.push(message.text())));
    page.on("response", (response) => void (response.status() >= 400 && browserErrors.push(response.url())));
    await page.goto(`${url}/graphiql`);
    await page.locator(".graphiql-query-editor", { hasText: /#\s1\./ }).waitFor();
    await page.waitForTimeout(300);
    const answer = page.waitForResponse(
      (each) => each.url() === `${url}/graphql` && !each.request().postData()?.includes("__schema"),
    );
    await page.locator(".graphiql-execute-button").click();
    expect((await (await answer).json()).data.loginAnonymous.accessToken).toBeTruthy();
    await page.locator(".graphiql-tab-button").nth(2).click();
    const third = page.locator(".graphiql-query-editor", { hasText: /#\s3\./ });
    expect((await third.textContent())?.replace(/\s/g, "")).toContain(
      `${url}/console/authentication/providers/local-userpass`,
    );
    expect(browserErrors).toEqual([]);
    await browser.close();

    const console = await openConsole({ url });
    atEnd(console.close);
    await console.open("/authentication/providers/anon-user");
    expect(new URL(console.page.url()).pathname).toBe(`${path}/console/authentication/providers/anon-user`);
    await console.page.getByRole("link", { name: "Users" }).first().click();
    await console.page.waitForURL(`${url}/console/users`);
    expect(console.browserErrors).toEqual([]);
  },
);

it("a gateway that is asked directly, beside its proxy, shows its console all the same", async () => {
  const { gateway } = await mounted("/auth", true);
  const console = await openConsole({ url: gateway.url });
  atEnd(console.close);
  await console.open("/users");
  expect(console.browserErrors).toEqual([]);
});
