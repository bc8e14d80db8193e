/**
 * Takes screenshots of the console with a populated database. After `npm run build`:
 * `npm run screenshots` writes those of the documentation to docs/images/console, and
 * `npm run screenshots -- <folder>` takes every page, full and empty, wide and narrow, light, dark and in a contrast theme, for
 * review; `npm run screenshots -- <folder> <text>` only those whose path contains a text, such as `webhooks`.
 */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import chromium from "@sparticuz/chromium";
import Database from "better-sqlite3";
import { chromium as playwright } from "playwright-core";
import { fillDatabase } from "../bench/harness/fill.js";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const ADMIN_KEY = "the-admin-key-of-the-pictures-0123456789";
const MASTER_KEY = "the-master-key-of-the-pictures-0123456789";
const USERS = 5_000;
const PEOPLE = 4;

/** The documentation's pictures: wide and light by default. */
const shown = [
  { name: "overview", path: "/overview" },
  { name: "providers", path: "/authentication/providers" },
  { name: "provider", path: "/authentication/providers/company-sso", look: "dark" },
  { name: "review", path: "/authentication/providers?review" },
  { name: "webhooks", path: "/webhooks" },
  { name: "users-phone", path: "/users?state=permanent", isPhone: true },
];

const pages = [
  ...readFileSync(here("../console/src/pages/index.ts"), "utf8").matchAll(/path: "([^"]+)"/g),
].map(([, path]) => path);
const [target, text = ""] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "passerby-pictures-"));
const port = 4_890;
const receiverPort = 4_891;
const url = `http://127.0.0.1:${port}`;

async function startGateway(databaseUrl) {
  const gateway = spawn(process.execPath, [here("../dist/main.js")], {
    cwd: folder,
    env: {
      ...process.env,
      PORT: String(port),
      PUBLIC_URL: url,
      DATABASE_URL: databaseUrl,
      ADMIN_KEY,
      MASTER_KEY,
      INITIAL_PROVIDERS: "anon-user",
      RATE_LIMITS: "off",
      WEBHOOK_PRIVATE_ADDRESSES: "loopback",
      LOG_LEVEL: "fatal",
    },
    stdio: "ignore",
  });
  await untilReady();
  return async () => {
    const hasEnded = once(gateway, "exit");
    gateway.kill("SIGTERM");
    await hasEnded;
  };
}

async function graph(path, query, variables = {}, token = null) {
  const answer = await fetch(url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await answer.json();
  if (errors) throw new Error(errors[0].message);
  return data;
}
const admin = (query, variables, key = ADMIN_KEY) => graph("/admin/graphql", query, variables, key);
const save = (input, key) =>
  admin("mutation ($input: SaveProviderInput!) { saveProvider(input: $input) { revision } }", { input }, key);
const deploy = (note, key) =>
  admin("mutation ($note: String) { deploy(note: $note) { version } }", { note }, key);

async function untilReady() {
  for (let tries = 0; tries < 100; tries++) {
    if (
      await fetch(`${url}/readyz`).then(
        (answer) => answer.ok,
        () => false,
      )
    )
      return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("The gateway does not start. Run `npm run build` first.");
}

/** @returns the values of the parameters in page paths */
async function fill(database) {
  const endpoint = await fillWebhooks();
  const { createAdminKey } = await admin('mutation { createAdminKey(name: "Night shift") { secret } }');
  const night = createAdminKey.secret;
  await save(
    {
      name: "company-sso",
      type: "oidc",
      enabled: true,
      settings: {
        displayName: "Company",
        issuer: "https://id.example.com",
        clientIds: ["shop-web", "shop-ios"],
        clientSecret: "a-client-secret",
        redirectUris: ["https://shop.example.com/callback"],
      },
    },
    night,
  );
  const { version } = (await deploy("Staff sign in with their company account", night)).deploy;
  let user;
  for (let count = 0; count < PEOPLE; count++) {
    const { loginAnonymous } = await graph(
      "/graphql",
      "mutation { loginAnonymous { user { id } accessToken } }",
    );
    user ??= loginAnonymous.user.id;
    const credentials = {
      emailPassword: { email: `person${count}@example.com`, password: "correct horse battery" },
    };
    await graph(
      "/graphql",
      "mutation ($credentials: Credentials!) { linkIdentity(credentials: $credentials) { __typename } }",
      { credentials },
      loginAnonymous.accessToken,
    );
  }
  await save({ name: "local-userpass", enabled: false }, night);
  fillPasskeys(database, user);
  await fillErasure(database);
  return { ":name": "company-sso", ":version": String(version), ":id": user, ":endpoint": endpoint };
}

/** One endpoint that answers, one that fails, and one that is disabled. @returns the id of the failing one */
async function fillWebhooks() {
  const create = async (path, input) => {
    const { createWebhookEndpoint } = await admin(
      "mutation ($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) { endpoint { id } } }",
      { input: { url: `http://127.0.0.1:${receiverPort}${path}`, ...input } },
    );
    return createWebhookEndpoint.endpoint.id;
  };
  await create("/notes", { description: "Notes", requiresReceipt: true });
  const failing = await create("/search/webhooks", { description: "Search index", requiresReceipt: true });
  const disabled = await create("/newsletter", { types: ["user.linked", "user.deleted", "user.updated"] });
  await admin("mutation ($id: ID!) { updateWebhookEndpoint(id: $id, input: { disabled: true }) { id } }", {
    id: disabled,
  });
  return failing;
}

/** Two passkeys that no authenticator has. */
function fillPasskeys(database, userId) {
  const sqlite = new Database(database);
  const insertIdentity = sqlite.prepare(
    "INSERT INTO identities (id, user_id, provider, subject, name, can_sign_in, created_at, last_used_at) VALUES (?, ?, 'passkey', ?, ?, 1, ?, ?)",
  );
  const insertPasskey = sqlite.prepare(
    "INSERT INTO passkeys (id, identity_id, credential_id, public_key, counter, transports, is_backed_up) VALUES (?, ?, ?, '', 0, '[]', ?)",
  );
  for (const [name, isBackedUp, daysAgo] of [
    ["Phone", 1, 3],
    [null, 0, 1],
  ]) {
    const [id, subject, at] = [randomUUID(), randomUUID(), Date.now() - daysAgo * 86_400_000];
    insertIdentity.run(id, userId, subject, name, at, at + 3_600_000);
    insertPasskey.run(subject, id, subject, isBackedUp);
  }
  sqlite.close();
}

/** Deletes users, waits for the receipt of the endpoint that answers, and dates two receipts back. */
async function fillErasure(database) {
  const ids = [];
  for (let count = 0; count < 3; count++) {
    const { loginAnonymous } = await graph("/graphql", "mutation { loginAnonymous { user { id } } }");
    ids.push(loginAnonymous.user.id);
    await admin("mutation ($id: ID!) { deleteUser(id: $id) }", { id: loginAnonymous.user.id });
  }
  const count = async (state) =>
    (await admin(`{ purgeReceipts(state: ${state}) { edges { cursor } } }`)).purgeReceipts.edges.length;
  while ((await count("RECEIVED")) < ids.length) await new Promise((resolve) => setTimeout(resolve, 100));
  const sqlite = new Database(database);
  const older = sqlite.prepare("UPDATE purge_receipts SET requested_at = requested_at - ? WHERE user_id = ?");
  older.run(11 * 86_400_000, ids[0]);
  older.run(8 * 86_400_000, ids[1]);
  sqlite.close();
}

/** What the endpoints of the pictures answer. */
const receiver = createServer((request, response) => {
  request.resume();
  if (request.url === "/notes") response.end(JSON.stringify({ receipt: "3 notes deleted, 1 attachment" }));
  else response.writeHead(503).end("<h1>503 Service Unavailable</h1>\nThe index is being rebuilt.");
});
receiver.listen(receiverPort, "127.0.0.1");

async function openBrowser() {
  const browser = await playwright.launch({
    executablePath: await chromium.executablePath(),
    args: [...chromium.args, "--hide-scrollbars"],
    headless: true,
  });
  const page = await browser.newPage({ reducedMotion: "reduce" });
  return { browser, page };
}

async function signIn(page) {
  await page.goto(`${url}/console/`);
  await page.getByLabel("Admin key").fill(ADMIN_KEY);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator("h1").waitFor();
}

async function take(page, { path, isPhone = false, look = "light", file, fullPage = false }) {
  await page.setViewportSize(isPhone ? { width: 390, height: 844 } : { width: 1280, height: 800 });
  await page.emulateMedia({
    colorScheme: look === "dark" ? "dark" : "light",
    forcedColors: look === "contrast" ? "active" : "none",
    reducedMotion: "reduce",
  });
  // Without a session the sign-in page keeps a request open, so it never becomes idle.
  const isSignIn = path === "/sign-in";
  await page.goto(`${url}/console${path}`, { waitUntil: isSignIn ? "load" : "networkidle" });
  await page
    .locator(isSignIn ? "input" : "h1")
    .first()
    .waitFor();
  await page.getByText("Loading…").first().waitFor({ state: "detached" });
  await page.screenshot({ path: file, fullPage });
}

/** Takes each page in six variants. */
async function takeAll(page, patterns, { parameters = {}, prefix = "" }) {
  for (const pattern of patterns.filter((each) => each.includes(text))) {
    const path = pattern.replace(/:\w+/g, (parameter) => parameters[parameter]);
    for (const isPhone of [false, true]) {
      for (const look of ["light", "dark", "contrast"]) {
        const name = `${prefix}${pattern.replace(/\W+/g, "-").slice(1)}-${isPhone ? 390 : 1280}-${look}`;
        const file = join(target, `${name}.png`);
        await take(page, { path, isPhone, look, file, fullPage: !path.includes("review") });
      }
    }
  }
}

async function takeEmpty(page) {
  const stop = await startGateway(`sqlite:${join(folder, "empty.sqlite")}`);
  try {
    await takeAll(page, ["/sign-in"], { prefix: "empty-" });
    await signIn(page);
    const withoutParameters = pages.filter((path) => !path.includes(":"));
    await takeAll(page, [...withoutParameters, "/overview?review"], { prefix: "empty-" });
    await page.context().clearCookies();
  } finally {
    await stop();
  }
}

async function takeFull(page) {
  const database = join(folder, "full.sqlite");
  const databaseUrl = `sqlite:${database}`;
  process.env.MASTER_KEY = MASTER_KEY; // fillDatabase reads it as a gateway does
  await fillDatabase(databaseUrl, { users: USERS, seed: 1, until: Date.now(), passwordHash: "none" });
  const stop = await startGateway(databaseUrl);
  try {
    const parameters = await fill(database);
    await signIn(page);
    if (target) {
      const more = [
        "/authentication/providers?review",
        "/authentication/providers/anon-user",
        "/authentication/providers/passkey",
      ];
      await takeAll(page, [...pages, ...more], { parameters });
      return;
    }
    const images = here("images/console");
    mkdirSync(images, { recursive: true });
    for (const { name, ...options } of shown)
      await take(page, { ...options, file: join(images, `${name}.png`) });
  } finally {
    await stop();
  }
}

const { browser, page } = await openBrowser();
try {
  if (target) {
    mkdirSync(target, { recursive: true });
    await takeEmpty(page);
  }
  await takeFull(page);
} finally {
  await browser.close();
  receiver.close();
  rmSync(folder, { recursive: true, force: true });
}
