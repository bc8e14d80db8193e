/** The code of docs/passkeys.md in a real browser, with its virtual authenticator (WebAuthn over http://localhost). */
import { afterAll, beforeAll, beforeEach, expect, it } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { openBrowser } from "../support/browser.ts";
import { type DocumentedApp, readExample, startDocumentedApp } from "../support/documented-app.ts";
import {
  createDatabase,
  deployProvider,
  type Gateway,
  me,
  mergeUser,
  startGateway,
} from "../support/gateway.ts";
import { realTimeClock } from "../support/oauth.ts";
import { addDevice, type VirtualDevice } from "../support/virtual-device.ts";

const PAGE = `<body><input autocomplete="username webauthn"><script type="module">
  import * as passkeys from "/passkeys.js";
  import { logInAnonymously } from "./session.ts";
  Object.assign(window, passkeys, { logInAnonymously });
  document.body.id = "ready";</script>`;

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
let app: DocumentedApp;
let browser: Browser;
let page: Page;
let device: VirtualDevice | undefined;

beforeAll(async () => {
  app = await startDocumentedApp({
    hostname: "localhost",
    gatewayUrl: () => gateway.url,
    files: {
      "/": { type: "html", content: PAGE },
      "/passkeys.js": { type: "javascript", content: readExample("docs/passkeys.md") },
    },
  });
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url, clock: realTimeClock() });
  await deployProvider(gateway, "passkey", true, { rpId: "localhost", rpName: "Shop", origins: [app.url] });
  browser = await openBrowser();
  page = await browser.newPage();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await gateway.stop();
  app.close();
  await database.drop();
});
beforeEach(async () => {
  await device?.remove();
  device = await addDevice(page);
  await openAsStranger();
});

interface Stored {
  userId: string;
  isAnonymous: boolean;
  accessToken: string;
}
const stored = (): Promise<Stored> => page.evaluate("JSON.parse(localStorage.getItem('passerby:session'))");

async function openAsStranger(): Promise<void> {
  await page.goto(app.url);
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
  expect(await device?.list()).toMatchObject([{ isResidentCredential: true, rpId: "localhost" }]);
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
