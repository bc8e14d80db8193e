/** Cookie sessions in a real browser, over https: what scripts of the page can read, and what other origins can do. */
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
  request as sendTo,
} from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, it } from "@jest/globals";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { openBrowser } from "../support/browser.ts";
import {
  codeOf,
  countRows,
  createDatabase,
  type Gateway,
  refresh,
  startGateway,
} from "../support/gateway.ts";
import { certificate, privateKey } from "../support/localhost-certificate.ts";
import { realTimeClock } from "../support/oauth.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
const servers: Server[] = [];
let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
let browser: Browser;
let context: BrowserContext;
let page: Page;
/** The gateway as browsers reach it; a page of CORS_ORIGINS; a page of another port, which is the same site; one of another site. */
let [id, app, neighbour, stranger] = ["", "", "", ""];

async function listen(handler: Handler): Promise<number> {
  const server = createServer({ cert: certificate, key: privateKey }, handler);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}
const servePage: Handler = (_request, response) =>
  void response.setHeader("content-type", "text/html").end("<!doctype html><title>A page</title>");
const forward: Handler = (request, response) => {
  const to = sendTo(
    `${gateway.url}${request.url}`,
    { method: request.method, headers: request.headers },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  request.pipe(to);
};

beforeAll(async () => {
  id = `https://localhost:${await listen(forward)}`;
  app = `https://localhost:${await listen(servePage)}`;
  neighbour = `https://localhost:${await listen(servePage)}`;
  stranger = `https://127.0.0.1:${await listen(servePage)}`;
  database = await createDatabase("sqlite");
  gateway = await startGateway({
    url: database.url,
    clock: realTimeClock(),
    settings: { PUBLIC_URL: id, SESSION_COOKIES: "on", CORS_ORIGINS: `${app},${stranger}` },
  });
  browser = await openBrowser();
  context = await browser.newContext({ ignoreHTTPSErrors: true });
  page = await context.newPage();
});
afterAll(async () => {
  await browser?.close();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await gateway.stop();
  await database.drop();
});
beforeEach(() => context.clearCookies());

const PAYLOAD = "{ user { id } accessToken refreshToken refreshTokenExpiresAt }";

/** What the page's script gets: the body of the answer, or the error of `fetch`. */
async function graph(query: string, headers: Record<string, string> = { "passerby-session": "cookie" }) {
  return page.evaluate(
    async ({ url, query, headers }) => {
      try {
        const response = await fetch(`${url}/graphql`, {
          method: "POST",
          credentials: "include",
          headers: { "content-type": "application/json", ...headers },
          body: JSON.stringify({ query }),
        });
        return { ...(await response.json()), headers: [...response.headers].flat().join("\n") };
      } catch (error) {
        return { failed: String(error) };
      }
    },
    { url: id, query, headers },
  );
}
const logIn = () => graph(`mutation { loginAnonymous ${PAYLOAD} }`);
const refreshByCookie = () => graph(`mutation { refreshSession ${PAYLOAD} }`);

/** Everything that a script of the page, also an injected one, can read of the session. */
const readable = (...answers: object[]): Promise<string> =>
  page.evaluate(
    (seen) =>
      JSON.stringify([
        seen,
        document.cookie,
        { ...localStorage },
        { ...sessionStorage },
        document.documentElement.outerHTML,
      ]),
    answers,
  );

it("a page's scripts cannot read the refresh token, and a copy of all they can read refreshes nothing", async () => {
  await page.goto(app);
  const login = await logIn();
  const next = await refreshByCookie();
  expect(next.data.refreshSession.user).toEqual(login.data.loginAnonymous.user);
  const copy = await readable(login, next);
  expect(copy).toContain(next.data.refreshSession.accessToken);
  expect(copy).not.toContain("pbr_");
  const words = [...new Set(copy.match(/[\w.~+/=-]{16,}/g))];
  const answers = await Promise.all(words.map((word) => refresh(gateway, word)));
  expect(answers.filter(({ errors }) => !errors)).toEqual([]);
  const [cookie] = await context.cookies(id);
  expect(cookie).toMatchObject({
    name: "__Host-passerby_refresh",
    httpOnly: true,
    secure: true,
    sameSite: "Lax",
    path: "/",
  });
  expect(Number(cookie?.expires) - Date.now() / 1_000).toBeGreaterThan(89 * 86_400);
});

it("the visitor is the same in a browser that is started again", async () => {
  await page.goto(app);
  const { data } = await logIn();
  const storageState = await context.storageState();
  const [again, before] = [await openBrowser(), page];
  page = await (await again.newContext({ ignoreHTTPSErrors: true, storageState })).newPage();
  await page.goto(app);
  expect((await refreshByCookie()).data.refreshSession.user).toEqual(data.loginAnonymous.user);
  page = before;
  await again.close();
});

it("a logout deletes the cookie from the browser", async () => {
  await page.goto(app);
  const { data } = await logIn();
  await graph("mutation { logout { sessionsEnded } }", {
    "passerby-session": "cookie",
    authorization: `Bearer ${data.loginAnonymous.accessToken}`,
  });
  expect(await context.cookies(id)).toEqual([]);
  expect((await refreshByCookie()).errors[0].extensions.code).toBe("UNAUTHENTICATED");
});

it("a page of another port of the same site cannot use the cookie, with the header or without", async () => {
  await page.goto(app);
  await logIn();
  const sessions = await countRows(gateway, "sessions");
  const [before] = await context.cookies(id);
  await page.goto(neighbour);
  expect(await refreshByCookie()).toEqual({ failed: expect.stringMatching(/Failed to fetch/) });
  expect(await logIn()).toEqual({ failed: expect.stringMatching(/Failed to fetch/) });
  expect(await graph(`mutation { refreshSession ${PAYLOAD} }`, {})).toEqual({
    failed: expect.stringMatching(/Failed to fetch/),
  });
  expect(await context.cookies(id)).toEqual([before]);
  expect(await countRows(gateway, "sessions")).toBe(sessions);
});

it("a form of another page, which the browser sends with the cookie, does nothing", async () => {
  await page.goto(app);
  await logIn();
  const [before] = await context.cookies(id);
  for (const enctype of ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data"]) {
    await page.goto(neighbour);
    const [response] = await Promise.all([
      page.waitForNavigation(),
      page.evaluate(
        ({ url, enctype }) => {
          const form = Object.assign(document.createElement("form"), {
            method: "POST",
            action: `${url}/graphql`,
            enctype,
          });
          const query = "mutation { refreshSession { accessToken } }";
          // As text/plain the body reads {"query":"…","x":"="}.
          const input = Object.assign(document.createElement("input"), {
            name: enctype === "text/plain" ? `{"query":${JSON.stringify(query)},"x":"` : "query",
            value: enctype === "text/plain" ? '"}' : query,
          });
          form.append(input);
          document.body.append(form);
          form.submit();
        },
        { url: id, enctype },
      ),
    ]);
    expect(response?.status()).toBeGreaterThanOrEqual(400);
    expect(await response?.text()).not.toContain('"data"');
  }
  expect(await context.cookies(id)).toEqual([before]);
});

it("a page of another site is told why its browser would keep no session, and gets none", async () => {
  await page.goto(stranger);
  const answer = await logIn();
  expect(answer.errors[0].extensions.code).toBe("FORBIDDEN");
  expect(answer.errors[0].message).toMatch(/another site/);
  expect(await context.cookies(id)).toEqual([]);
});

it("on http at localhost the cookie has no prefix and works", async () => {
  const plain = createHttpServer(servePage);
  await new Promise<void>((resolve) => plain.listen(0, "127.0.0.1", resolve));
  const place = await createDatabase("sqlite");
  const development = await startGateway({
    url: place.url,
    clock: realTimeClock(),
    settings: { SESSION_COOKIES: "on", PUBLIC_URL: "http://127.0.0.1:4000" },
  });
  const [kept, keptGateway] = [id, gateway];
  id = development.url;
  await page.goto(`http://127.0.0.1:${(plain.address() as AddressInfo).port}`);
  const { data } = await logIn();
  const [cookie] = await context.cookies(id);
  expect(cookie).toMatchObject({ name: "passerby_refresh", httpOnly: true, secure: false });
  expect((await refreshByCookie()).data.refreshSession.user).toEqual(data.loginAnonymous.user);
  expect(codeOf(await refresh(development, data.loginAnonymous.accessToken))).toBe("UNAUTHENTICATED");
  [id, gateway] = [kept, keptGateway];
  await development.stop();
  await place.drop();
  plain.closeAllConnections();
  plain.close();
});
