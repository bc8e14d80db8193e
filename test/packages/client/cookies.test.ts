/** Cookie sessions: in a page, and on a server that renders it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { Browser, BrowserContext } from "playwright-core";
import { openSession } from "../../../packages/client/src/server.ts";
import { openBrowser } from "../../support/browser.ts";
import { countRows, createDatabase, type Gateway, startGateway } from "../../support/gateway.ts";
import { openPage, run, servePage } from "./browser-pages.ts";

let database: Awaited<ReturnType<typeof createDatabase>>;
let gateway: Gateway;

beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url, settings: { SESSION_COOKIES: "on" } });
});
afterAll(async () => {
  await gateway.stop();
  await database.drop();
});

describe("in a page", () => {
  const ME = 'passerby.request("query Me { me { id } }").then(({ me }) => me.id)';
  let browser: Browser;
  let context: BrowserContext;
  let sent: string[];

  beforeAll(async () => {
    browser = await openBrowser();
    context = await browser.newContext();
    context.on("request", (request) => {
      const operation = /(?:query|mutation) (\w+)/.exec(request.postData() ?? "")?.[1];
      if (operation) sent.push(operation);
    });
    await servePage(context, gateway.url);
  }, 60_000);
  afterAll(() => browser?.close());
  beforeEach(async () => {
    const tabs = context.pages();
    const tab = await openTab();
    await tab.evaluate("localStorage.clear()");
    await context.clearCookies();
    for (const each of tabs) await each.close();
    sent = [];
  });
  const openTab = () => openPage(context, gateway.url, 'globalThis.options = { session: "cookie" };');

  it("a visitor is one guest in every tab and after a reload, and no token is stored", async () => {
    const tab = await openTab();
    const id = await run(tab, ME);
    expect(sent).toEqual(["Refresh", "LogInAnonymously", "Me"]);
    expect(JSON.parse(await tab.evaluate('localStorage.getItem("passerby:session")'))).toEqual({
      userId: id,
      isAnonymous: true,
      notice: null,
      keyThumbprint: null,
    });
    await tab.reload();
    await tab.waitForFunction("globalThis.passerby");
    expect(await run(tab, "passerby.session")).toEqual({ userId: id, isAnonymous: true });
    const tabs = [await openTab(), await openTab(), tab];
    expect(await Promise.all(tabs.map((each) => run(each, ME)))).toEqual([id, id, id]);
  });

  it("a guest becomes permanent, and is a new guest after a logout, in every tab", async () => {
    const [tab, other] = [await openTab(), await openTab()];
    const id = await run(tab, ME);
    const credentials = '{ emailPassword: { email: "ada@example.com", password: "correct horse battery" } }';
    expect(await run(tab, `passerby.link(${credentials})`)).toEqual({
      linked: { userId: id, isAnonymous: false },
    });
    expect(await run(other, ME)).toBe(id);
    await run(tab, "passerby.logout()");
    await other.waitForFunction("passerby.session === null");
    expect(await context.cookies()).toEqual([]);
    const next = await run(other, ME);
    expect(next).not.toBe(id);
    expect(await run(tab, ME)).toBe(next);
  });

  it("a visitor whom a server made a guest is that guest", async () => {
    const rendered = await openSession(new Request("http://shop.example/"), {
      url: `${gateway.url}/graphql`,
      guests: true,
    });
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(rendered.setCookies[0] ?? "") ?? [];
    await context.addCookies([{ name, value, url: gateway.url }]);
    const before = await countRows(gateway, "users");
    expect(await run(await openTab(), ME)).toBe(rendered.session?.userId);
    expect(await countRows(gateway, "users")).toBe(before);
  });
});

describe("on a server", () => {
  const options = () => ({ url: `${gateway.url}/graphql` });
  const cookieOf = (setCookie: string | undefined): string => String(setCookie?.split(";")[0]);
  const requestWith = (cookie: string): Request =>
    new Request("http://shop.example/", { headers: { cookie } });

  it("renders a visitor without asking the gateway", async () => {
    const opened = await openSession(requestWith("theme=dark"), {
      ...options(),
      fetch: () => Promise.reject(new Error("asked")),
    });
    expect(opened).toMatchObject({ session: null, accessToken: null, error: null, setCookies: [] });
  });

  it("renders the user of the cookie, and gives the browser the next one", async () => {
    const first = await openSession(requestWith(""), { ...options(), guests: true });
    expect(first.session?.isAnonymous).toBe(true);
    const second = await openSession(requestWith(`theme=dark; ${cookieOf(first.setCookies[0])}`), options());
    expect(second.session).toEqual(first.session);
    expect(await second.request("{ me { id } }")).toEqual({ me: { id: first.session?.userId } });
    const response = second.apply(
      new Response("page", { status: 201, headers: { "set-cookie": "theme=dark" } }),
    );
    expect([response.status, await response.text()]).toEqual([201, "page"]);
    expect(response.headers.getSetCookie()).toEqual(["theme=dark", ...second.setCookies]);
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  it("sends the gateway no other cookie of the page", async () => {
    let sent: string | null = null;
    await openSession(requestWith("theme=dark; passerby_refresh=pbr_x; admin=secret"), {
      ...options(),
      fetch: (input, init) => {
        sent = new Headers(init?.headers).get("cookie");
        return fetch(input, init);
      },
    });
    expect(sent).toBe("passerby_refresh=pbr_x");
  });

  it("renders a visitor whose session has ended, or a new guest, and deletes the cookie", async () => {
    const { session, setCookies } = await openSession(requestWith(""), { ...options(), guests: true });
    await gateway.admin("mutation ($id: ID!) { revokeSessions(userId: $id) }", {
      variables: { id: session?.userId },
    });
    const ended = await openSession(requestWith(cookieOf(setCookies[0])), options());
    expect(ended).toMatchObject({ session: null, error: { code: "SESSION_REVOKED" } });
    expect(ended.setCookies[0]).toMatch(/^passerby_refresh=;.*(Max-Age=0|Expires=Thu, 01 Jan 1970)/);
    const replaced = await openSession(requestWith(cookieOf(setCookies[0])), { ...options(), guests: true });
    expect(replaced.session?.userId).not.toBe(session?.userId);
    expect(replaced.error).toBeNull();
  });

  it("renders in time while the gateway does not respond, and keeps the cookie", async () => {
    const opened = await openSession(requestWith("passerby_refresh=pbr_x"), {
      ...options(),
      timeoutMs: 50,
      guests: true,
      fetch: (_input, init) =>
        new Promise((_resolve, reject) =>
          init?.signal?.addEventListener("abort", () => reject(new Error("late"))),
        ),
    });
    expect(opened).toMatchObject({ session: null, error: { code: "NO_RESPONSE" }, setCookies: [] });
  });
});
