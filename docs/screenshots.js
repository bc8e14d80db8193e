/**
 * Pictures of the console, from a gateway with people in it. After `npm run build`:
 * `npm run screenshots` takes those that the documentation shows into docs/images/console, and
 * `npm run screenshots -- <folder>` takes every page there, wide and narrow, light and dark, to be looked at.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import chromium from "@sparticuz/chromium";
import { chromium as playwright } from "playwright-core";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const ADMIN_KEY = "the-admin-key-of-the-pictures-0123456789";
const GUESTS = 40;
const PEOPLE = 12;

/** What the documentation shows: name, address, and what is wide and light unless it says otherwise. */
const shown = [
  { name: "overview", path: "/overview" },
  { name: "providers", path: "/authentication/providers" },
  { name: "provider", path: "/authentication/providers/company-sso", isDark: true },
  { name: "review", path: "/authentication/providers?review" },
  { name: "history-phone", path: "/authentication/history", isPhone: true },
];

const folder = mkdtempSync(join(tmpdir(), "passerby-pictures-"));
const port = 4_890;
const url = `http://127.0.0.1:${port}`;
const gateway = spawn(process.execPath, [here("../dist/main.js")], {
  cwd: folder,
  env: {
    ...process.env,
    PORT: String(port),
    PUBLIC_URL: url,
    DATABASE_URL: `sqlite:${join(folder, "passerby.sqlite")}`,
    ADMIN_KEY,
    MASTER_KEY: "the-master-key-of-the-pictures-0123456789",
    INITIAL_PROVIDERS: "anon-user",
    RATE_LIMITS: "off",
    LOG_LEVEL: "fatal",
  },
  stdio: "ignore",
});

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
  throw new Error("The gateway does not start. Is it built?");
}

/** @returns what stands for the parameters in the addresses of pages */
async function fill() {
  const { createAdminKey } = await admin('mutation { createAdminKey(name: "Night shift") { secret } }');
  const night = createAdminKey.secret;
  await save({ name: "local-userpass", enabled: true });
  await deploy("Visitors may keep their account");
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
  await deploy("Staff come in with their company account", night);
  let user;
  for (let count = 0; count < GUESTS; count++) {
    const { loginAnonymous } = await graph(
      "/graphql",
      "mutation { loginAnonymous { user { id } accessToken } }",
    );
    if (count >= PEOPLE) continue;
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
  return { ":name": "company-sso", ":version": "3", ":id": user };
}

async function openBrowser() {
  const browser = await playwright.launch({
    executablePath: await chromium.executablePath(),
    args: [...chromium.args, "--hide-scrollbars"],
    headless: true,
  });
  const page = await browser.newPage({ reducedMotion: "reduce" });
  await page.goto(`${url}/console/`);
  await page.getByLabel("Admin key").fill(ADMIN_KEY);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator("h1").waitFor();
  return { browser, page };
}

async function take(page, { path, isPhone = false, isDark = false, file, fullPage = false }) {
  await page.setViewportSize(isPhone ? { width: 390, height: 844 } : { width: 1280, height: 800 });
  await page.emulateMedia({ colorScheme: isDark ? "dark" : "light", reducedMotion: "reduce" });
  await page.goto(`${url}/console${path}`, { waitUntil: "networkidle" });
  await page.locator("h1").first().waitFor();
  await page.getByText("Loading…").first().waitFor({ state: "detached" });
  await page.screenshot({ path: file, fullPage });
}

try {
  await untilReady();
  const parameters = await fill();
  const { browser, page } = await openBrowser();
  const [target] = process.argv.slice(2);
  if (target) {
    mkdirSync(target, { recursive: true });
    const source = readFileSync(here("../console/src/pages/index.ts"), "utf8");
    const paths = [...source.matchAll(/path: "([^"]+)"/g)].map(([, path]) => path);
    for (const pattern of [
      ...paths,
      "/authentication/providers?review",
      "/authentication/providers/anon-user",
    ]) {
      const path = pattern.replace(/:\w+/g, (parameter) => parameters[parameter]);
      for (const isPhone of [false, true]) {
        for (const isDark of [false, true]) {
          const name = `${pattern.replace(/\W+/g, "-").slice(1)}-${isPhone ? 390 : 1280}-${isDark ? "dark" : "light"}`;
          const file = join(target, `${name}.png`);
          await take(page, { path, isPhone, isDark, file, fullPage: !path.includes("review") });
        }
      }
    }
  } else {
    const images = here("images/console");
    mkdirSync(images, { recursive: true });
    for (const { name, ...options } of shown)
      await take(page, { ...options, file: join(images, `${name}.png`) });
  }
  await browser.close();
} finally {
  const hasEnded = once(gateway, "exit");
  gateway.kill("SIGTERM");
  await hasEnded;
  rmSync(folder, { recursive: true, force: true });
}
