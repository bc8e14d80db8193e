/** The code of docs/passkeys.md in a real browser, with its virtual authenticator (WebAuthn over http://localhost). */
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, expect, it } from "@jest/globals";
import { transformSync } from "@swc/core";
import type { Browser, CDPSession, Page } from "playwright-core";
import { openBrowser } from "../support/browser.ts";
import {
  createDatabase,
  deployProvider,
  type Gateway,
  me,
  mergeUser,
  startGateway,
} from "../support/gateway.ts";
import { realTimeClock } from "../support/oauth.ts";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const [, code = ""] = /```js\n(import \{ request \}[\s\S]*?)```/.exec(read("docs/passkeys.md")) ?? [];
const PAGE = `<body><input autocomplete="username webauthn"><script type="module">
  import * as passkeys from "/passkeys.js";
  import { logInAnonymously } from "./session.ts";
  Object.assign(window, passkeys, { logInAnonymously });
  document.body.id = "ready";</script>`;

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
let app: Server;
let appUrl: string;
let browser: Browser;
let page: Page;
let devices: CDPSession;
let device: string;

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(String(request.url), appUrl);
  if (pathname === "/graphql") {
    const { authorization } = request.headers;
    const answer = await fetch(`${gateway.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(authorization && { authorization }) },
      body: await text(request),
    });
    response.setHeader("content-type", "application/json").end(await answer.text());
  } else if (pathname.endsWith(".ts")) {
    const source = read(`examples/urql/src${pathname}`);
    const { code } = transformSync(source, { jsc: { parser: { syntax: "typescript" }, target: "es2022" } });
    response.setHeader("content-type", "text/javascript").end(code);
  } else if (pathname === "/passkeys.js") {
    response.setHeader("content-type", "text/javascript").end(code);
  } else {
    response.setHeader("content-type", "text/html").end(PAGE);
  }
}

beforeAll(async () => {
  app = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
  appUrl = `http://localhost:${(app.address() as AddressInfo).port}`;
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url, clock: realTimeClock() });
  await deployProvider(gateway, "passkey", true, { rpId: "localhost", rpName: "Shop", origins: [appUrl] });
  browser = await openBrowser();
  page = await browser.newPage();
  devices = await page.context().newCDPSession(page);
  await devices.send("WebAuthn.enable");
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await gateway.stop();
  app.closeAllConnections();
  app.close();
  await database.drop();
});
beforeEach(async () => {
  if (device) await devices.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: device });
  const added = await devices.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  device = added.authenticatorId;
  await openAsStranger();
});

interface Stored {
  userId: string;
  isAnonymous: boolean;
  accessToken: string;
}
const stored = (): Promise<Stored> => page.evaluate("JSON.parse(localStorage.getItem('passerby:session'))");

async function openAsStranger(): Promise<void> {
  await page.goto(appUrl);
  await page.evaluate("localStorage.clear(); sessionStorage.clear()");
  await page.reload();
  await page.waitForSelector("#ready");
}
async function becomeOwner(): Promise<Stored> {
  await page.evaluate("logInAnonymously()");
  await page.evaluate("createPasskey('Laptop')");
  return stored();
}

it("makes a guest permanent, who keeps its id, and has a discoverable passkey", async () => {
  await page.evaluate("logInAnonymously()");
  const guest = await stored();
  expect(guest.isAnonymous).toBe(true);
  await page.evaluate("createPasskey('Laptop')");
  expect(await stored()).toMatchObject({ userId: guest.userId, isAnonymous: false });
  const { credentials } = await devices.send("WebAuthn.getCredentials", { authenticatorId: device });
  expect(credentials).toMatchObject([{ isResidentCredential: true, rpId: "localhost" }]);
});

it("logs in without a name, again and again, as the counter of the device grows", async () => {
  const { userId } = await becomeOwner();
  for (let login = 0; login < 3; login++) {
    await openAsStranger();
    await page.evaluate("usePasskey()");
    expect(await stored()).toMatchObject({ userId, isAnonymous: false });
  }
});

it("offers a guest the merge with the user of the passkey", async () => {
  const owner = await becomeOwner();
  await openAsStranger();
  await page.evaluate("logInAnonymously()");
  const guest = await stored();
  const { mergeTicket } = await page.evaluate<{ mergeTicket: string }>("usePasskey()");
  expect(await stored()).toMatchObject({ userId: guest.userId, isAnonymous: true });
  const merged = (await mergeUser(gateway, guest.accessToken, mergeTicket)).data.mergeUser;
  expect(merged.user).toMatchObject({ id: owner.userId, formerIds: [guest.userId] });
});

it("logs in from the list of an input", async () => {
  const { userId } = await becomeOwner();
  await openAsStranger();
  expect(await page.evaluate("PublicKeyCredential.isConditionalMediationAvailable()")).toBe(true);
  await page.evaluate("usePasskey({ mediation: 'conditional' })");
  expect(await stored()).toMatchObject({ userId, isAnonymous: false });
});

it("does not register a device twice", async () => {
  await becomeOwner();
  await expect(page.evaluate("createPasskey('Again')")).rejects.toThrow("InvalidStateError");
});

it("does not log in by a passkey that was unlinked", async () => {
  const { accessToken } = await becomeOwner();
  await gateway.graph(
    'mutation { registerEmailPassword(email: "ada@example.com", password: "correct horse") { email } }',
  );
  const email = { email: "ada@example.com", password: "correct horse" };
  await gateway.graph("mutation ($c: Credentials!) { linkIdentity(credentials: $c) { __typename } }", {
    token: accessToken,
    variables: { c: { emailPassword: email } },
  });
  const identities = await gateway.graph("{ me { identities { id provider } } }", { token: accessToken });
  const { id } = identities.data.me.identities.find(
    (each: { provider: string }) => each.provider === "passkey",
  );
  const unlinked = await gateway.graph("mutation ($i: ID!) { unlinkIdentity(identityId: $i) { id } }", {
    token: accessToken,
    variables: { i: id },
  });
  expect(unlinked.errors).toBeUndefined();
  await openAsStranger();
  await expect(page.evaluate("usePasskey()")).rejects.toThrow();
  expect(await stored()).toBeNull();
  expect((await me(gateway, accessToken)).data.me.isAnonymous).toBe(false);
});
