/** docs/front-end.md: its code as it stands, in a project that installed the packed package, in a real browser. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { build, createServer, type ViteDevServer } from "vite";
import { openBrowser } from "../../support/browser.ts";
import { createDatabase, type Gateway, startGateway } from "../../support/gateway.ts";
import { type ClientProject, installClient, root } from "../../support/packed-client.ts";

const guide = readFileSync(join(root, "docs/front-end.md"), "utf8");
const files = new Map(
  [...guide.matchAll(/```tsx?\n\/\/ (src\/\S+)\n([\s\S]*?)```/g)].map(([, name, text]) => [
    String(name),
    String(text),
  ]),
);

/** Gives the clients of the page to this test. */
const CLIENTS = `
import { gql } from "@apollo/client";
import { createApollo } from "./apollo";
import { client } from "./urql";
const query = "query Me { me { id } }";
Object.assign(globalThis, {
  ask: async () => [
    (await createApollo().query<{ me: { id: string } }>({ query: gql(query) })).data?.me.id,
    (await client.query(query, {})).data.me.id,
  ],
});`;

let project: ClientProject;
let database: Awaited<ReturnType<typeof createDatabase>>;
let gateway: Gateway;
let server: ViteDevServer;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  project = installClient();
  for (const [name, text] of files) project.write(name, text);
  project.write("src/clients.ts", CLIENTS);
  project.link(
    "react",
    "react-dom",
    "scheduler",
    "@types/react",
    "@types/react-dom",
    "csstype",
    "@types/node",
  );
  project.link(
    "@apollo/client",
    "@urql/core",
    "@0no-co/graphql.web",
    "wonka",
    "rxjs",
    "graphql",
    "undici-types",
  );
  project.link("@graphql-typed-document-node/core", "@wry", "optimism", "tslib", "graphql-tag");
  await build({
    root: project.folder,
    configFile: false,
    logLevel: "error",
    build: {
      minify: false,
      rollupOptions: {
        input: ["src/main.tsx", "src/clients.ts"].map((name) => join(project.folder, name)),
        output: { entryFileNames: "[name].js", chunkFileNames: "[name].js" },
      },
    },
  });
  server = await createServer({
    root: project.folder,
    configFile: false,
    logLevel: "error",
    server: { middlewareMode: true, watch: null },
    appType: "custom",
  });
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url, settings: { SESSION_COOKIES: "on" } });
  browser = await openBrowser();
  const context = await browser.newContext();
  context.setDefaultTimeout(10_000);
  const html = `<!doctype html><title>Page</title><div id="root"></div>
    <script type="module" src="/main.js"></script><script type="module" src="/clients.js"></script>`;
  await context.route(`${gateway.url}/page`, (route) =>
    route.fulfill({ contentType: "text/html", body: html }),
  );
  await context.route(`${gateway.url}/*.js`, (route) =>
    route.fulfill({ path: join(project.folder, "dist", new URL(route.request().url()).pathname) }),
  );
  page = await context.newPage();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await server?.close();
  await gateway?.stop();
  await database?.drop();
  project.remove();
});

const see = (text: string | RegExp) => page.getByText(text).waitFor();
const userId = (): Promise<string> =>
  page.evaluate('JSON.parse(localStorage.getItem("passerby:session")).userId');
async function enter(email: string, password = "correct horse battery"): Promise<void> {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Continue" }).click();
}

it("has types that hold", () => {
  const options = [
    "--strict",
    "--noEmit",
    "--skipLibCheck",
    "--target",
    "es2022",
    "--lib",
    "es2022,dom,dom.iterable",
  ];
  const modules = [
    "--module",
    "esnext",
    "--moduleResolution",
    "bundler",
    "--jsx",
    "react-jsx",
    "--types",
    "node",
  ];
  const { stdout } = spawnSync(
    join(root, "node_modules/.bin/tsc"),
    [...options, ...modules, ...[...files.keys(), "src/clients.ts"]],
    { cwd: project.folder, encoding: "utf8" },
  );
  expect(stdout).toBe("");
  expect(files.size).toBe(6);
});

it("needs fewer than 40 lines for a page with guest, account, conflict, merge and logout", () => {
  const own = `${files.get("src/passerby.ts")}${files.get("src/main.tsx")}`;
  expect(own.trim().split("\n").length).toBeLessThan(40);
});

it("makes a guest permanent, logs out, and merges the next guest or leaves it", async () => {
  await page.goto(`${gateway.url}/page`);
  await see(/^You are the guest/);
  const id = await userId();
  await enter("ada@example.com", "password");
  await see(/most common/);
  await enter("ada@example.com");
  await see(`You are signed in as ${id}`);

  await page.getByRole("button", { name: "Log out" }).click();
  await see(/^You are the guest/);
  const guest = await userId();
  expect(guest).not.toBe(id);
  await enter("ada@example.com");
  await see(/^You already have an account/);
  await page.getByRole("button", { name: "Yes" }).click();
  await see(`You are signed in as ${id}`);
  const { data } = await gateway.admin("query ($id: ID!) { user(id: $id) { id } }", {
    variables: { id: guest },
  });
  expect(data.user.id).toBe(id);

  await page.getByRole("button", { name: "Log out" }).click();
  await enter("ada@example.com");
  await page.getByRole("button", { name: "No" }).click();
  await see(`You are signed in as ${id}`);
});

it("asks as the user with Apollo Client and with urql", async () => {
  const id = await userId();
  expect(await page.evaluate("ask()")).toEqual([id, id]);
});

it("renders on a server, with the session of the browser and without one", async () => {
  const { handle } = await server.ssrLoadModule("/src/server.ts");
  process.env.GATEWAY_URL = `${gateway.url}/graphql`;
  const first: Response = await handle(new Request("http://shop.example/"));
  expect(await first.text()).toBe("<h1>Hello</h1>");
  const login = await gateway.graph("mutation { loginAnonymous { user { id } } }", {
    headers: { "passerby-session": "cookie" },
  });
  const cookie = String(login.headers.getSetCookie()[0]?.split(";")[0]);
  const second: Response = await handle(new Request("http://shop.example/", { headers: { cookie } }));
  expect(await second.text()).toBe("<h1>Hello, guest</h1>");
  expect(second.headers.getSetCookie()[0]).toMatch(/^passerby_refresh=pbr_/);
});

it("loads without a browser, as in React Native", async () => {
  const { passerby } = await server.ssrLoadModule("/src/native.ts");
  expect(passerby.session).toBeNull();
});
