/** docs/email-codes.md: its commands and queries from top to bottom, and its code in a real browser. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { openBrowser } from "../support/browser.ts";
import { type DocumentedApp, readExample, startDocumentedApp } from "../support/documented-app.ts";
import { type MailedCode, mailCode, readCode } from "../support/email-codes.ts";
import { ADMIN_KEY, createDatabase, type Gateway, MASTER_KEY, startGateway } from "../support/gateway.ts";
import { type MailServer, startMailServer } from "../support/mail-server.ts";
import { realTimeClock } from "../support/oauth.ts";

const page = readFileSync(new URL("../../docs/email-codes.md", import.meta.url), "utf8");
const PAGE = `<body><script type="module">
  import * as codes from "/codes.js";
  import { passerby } from "./passerby.ts";
  Object.assign(window, codes, { passerby });
  document.body.id = "ready";</script>`;

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
let mailServer: MailServer;
let app: DocumentedApp;
let browser: Browser;
let tab: Page;

beforeAll(async () => {
  app = await startDocumentedApp({
    hostname: "localhost",
    gatewayUrl: () => gateway.url,
    files: {
      "/": { type: "html", content: PAGE },
      "/codes.js": { type: "javascript", content: readExample("docs/email-codes.md") },
    },
  });
  [database, mailServer] = await Promise.all([createDatabase("sqlite"), startMailServer()]);
  gateway = await startGateway({
    url: database.url,
    clock: realTimeClock(),
    settings: { ...mailServer.settings, INITIAL_PROVIDERS: "anon-user" },
  });
  browser = await openBrowser();
  tab = await browser.newPage();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await gateway.stop();
  app.close();
  await Promise.all([database.drop(), mailServer.down()]);
});

/** … stands for any text that is not empty. */
const anyText = (value: unknown): unknown =>
  value === "…"
    ? expect.stringMatching(/./)
    : Array.isArray(value)
      ? value.map(anyText)
      : typeof value === "object" && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, anyText(each)]))
        : value;

/** A program in the place of `npx passerby`, as the page has it in a shell. */
function run(commands: string): void {
  const env = {
    ...{ PATH: process.env.PATH, DATABASE_URL: database.url, MASTER_KEY, ADMIN_KEY },
    ...mailServer.settings,
  };
  execFileSync("bash", ["-ec", commands.replaceAll("npx passerby", "node dist/cli.js")], { env });
}

it("runs from top to bottom", async () => {
  let token: string | undefined;
  let mailed: MailedCode | undefined;
  let answer: unknown;
  const answers: unknown[] = [];
  for (const [, kind, block = ""] of page.matchAll(/```(graphql|json|sh)\n([\s\S]*?)```/g)) {
    if (kind === "sh") {
      run(block);
      await gateway.app.services.deployments.reload();
    } else if (kind === "graphql") {
      // Identities are ordered by their creation.
      gateway.clock.advance({ seconds: 1 });
      const { data, errors } = await gateway.graph(block, {
        token,
        variables: mailed && { code: mailed.code, token: mailed.token },
      });
      expect([block, errors]).toEqual([block, undefined]);
      answer = { data };
      token = data.loginAnonymous?.accessToken ?? token;
      const email = data.requestEmailCode?.email;
      if (email) mailed = readCode(email, await mailServer.wait(email));
    } else {
      expect(answer).toEqual(anyText(JSON.parse(block)));
      answers.push(answer);
    }
  }
  expect(answers).toHaveLength(3);
  expect(mailed?.mail.text).toContain("https://app.example.com/login?token=");
}, 60_000);

interface Session {
  userId: string;
  isAnonymous: boolean;
}
const session = (): Promise<Session> => tab.evaluate("passerby.session");
async function openAsStranger(): Promise<void> {
  await tab.goto(app.url);
  await tab.evaluate("localStorage.clear(); sessionStorage.clear()");
  await tab.reload();
  await tab.waitForSelector("#ready");
}

it("in a browser makes a guest permanent, logs in again by the link, and merges", async () => {
  const email = "browser@example.com";
  await openAsStranger();
  await tab.evaluate("passerby.loginAnonymous()");
  const guest = await session();
  expect(await tab.evaluate(`requestCode("${email}")`)).toEqual({ requestEmailCode: { email } });
  const { code } = readCode(email, await mailServer.wait(email));
  await tab.evaluate(`useCode({ email: "${email}", code: "${code}" })`);
  expect(await session()).toMatchObject({ userId: guest.userId, isAnonymous: false });

  await openAsStranger();
  const { token } = await mailCode(gateway, mailServer, email);
  await tab.evaluate(`useCode({ token: "${token}" })`);
  expect(await session()).toMatchObject({ userId: guest.userId, isAnonymous: false });

  await openAsStranger();
  await tab.evaluate("passerby.loginAnonymous()");
  const another = await session();
  expect(another.userId).not.toBe(guest.userId);
  const newest = await mailCode(gateway, mailServer, email);
  await tab.evaluate(`useCode({ token: "${newest.token}" }).then(({ conflict }) => conflict.merge())`);
  expect(await session()).toMatchObject({ userId: guest.userId, isAnonymous: false });
}, 60_000);
