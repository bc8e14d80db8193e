/** The code of docs/passkeys.md in a real browser, with virtual authenticators (WebAuthn over http://localhost), on both databases. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { openBrowser } from "../support/browser.ts";
import { type DocumentedApp, readExample, startDocumentedApp } from "../support/documented-app.ts";
import {
  createDatabase,
  databases,
  deployProvider,
  type Gateway,
  linkEmail,
  me,
  startGateway,
} from "../support/gateway.ts";
import { realTimeClock } from "../support/oauth.ts";
import { addDevice, type VirtualDevice } from "../support/virtual-device.ts";

/** Asking whether to merge is the page's own. It counts what is typed. */
const PAGE = `<body>
<input autocomplete="username webauthn">
<button id="guest">Continue as guest</button>
<button id="keep">Keep my cart</button>
<button id="login">Log in with a passkey</button>
<button id="merge" hidden>Continue with my account</button>
<button id="switch" hidden>Leave the guest</button>
<script type="module">
  import * as passkeys from "/passkeys.js";
  import { passerby } from "./passerby.ts";
  const state = { typed: 0, done: 0, failed: null };
  for (const type of ["keydown", "beforeinput"]) addEventListener(type, () => state.typed++, true);
  let conflict;
  const merge = () => conflict.merge();
  const login = async () => {
    ({ conflict } = await passkeys.usePasskey());
    for (const id of ["merge", "switch"]) document.getElementById(id).hidden = !conflict;
  };
  const actions = { guest: passerby.loginAnonymous, switch: () => conflict.switch(), keep: () => passkeys.createPasskey(), login, merge };
  for (const [id, act] of Object.entries(actions)) {
    document.getElementById(id).onclick = () =>
      act().catch(({ name, code }) => { state.failed = typeof code === "string" ? code : name; }).finally(() => state.done++);
  }
  Object.assign(window, passkeys, { state });
  document.body.dataset.ready = "";
</script>`;

let gateway: Gateway;
let app: DocumentedApp;

beforeAll(async () => {
  app = await startDocumentedApp({
    hostname: "localhost",
    gatewayUrl: () => gateway.url,
    files: {
      "/": { type: "html", content: PAGE },
      "/passkeys.js": { type: "javascript", content: readExample("docs/passkeys.md") },
    },
  });
});
afterAll(() => app.close());

interface Stored {
  userId: string;
  isAnonymous: boolean;
  accessToken: string;
}

/** A browser of its own, with an authenticator. */
interface Visitor {
  readonly browser: Browser;
  readonly page: Page;
  device: VirtualDevice;
  /** Clicks a button, and waits until what it starts is done. @returns the error code or name, null if it succeeded */
  click(name: string): Promise<string | null>;
  /** Forgets the session, as another visitor would have none. */
  reopen(): Promise<void>;
  session(): Promise<Stored | null>;
  typed(): Promise<number>;
}

async function openVisitor(): Promise<Visitor> {
  const browser = await openBrowser();
  const page = await browser.newPage();
  const open = async (): Promise<void> => {
    await page.goto(app.url);
    await page.waitForSelector("[data-ready]");
  };
  await open();
  return {
    browser,
    page,
    device: await addDevice(page),
    async click(name) {
      const done = await page.evaluate<number>("state.failed = null, state.done");
      await page.getByRole("button", { name }).click();
      await page.waitForFunction(`state.done > ${done}`);
      return page.evaluate("state.failed");
    },
    async reopen() {
      await page.evaluate("localStorage.clear(); sessionStorage.clear()");
      await open();
    },
    session: () => page.evaluate("JSON.parse(localStorage.getItem('passerby:session'))"),
    typed: () => page.evaluate("state.typed"),
  };
}

describe.each(databases)("on %s", (name) => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let visitor: Visitor;
  beforeAll(async () => {
    database = await createDatabase(name);
    gateway = await startGateway({ url: database.url, clock: realTimeClock() });
    const settings = { rpId: "localhost", rpName: "Shop", origins: [app.url] };
    await deployProvider(gateway, "passkey", true, settings);
    visitor = await openVisitor();
  }, 120_000);
  afterAll(async () => {
    await visitor?.browser.close();
    await gateway.stop();
    await database.drop();
  });
  beforeEach(async () => {
    await visitor.device.remove();
    visitor.device = await addDevice(visitor.page);
    await visitor.reopen();
  });

  /** A guest of this device who keeps its account with a passkey. */
  async function becomeOwner(): Promise<Stored> {
    await visitor.click("Continue as guest");
    expect(await visitor.click("Keep my cart")).toBeNull();
    return (await visitor.session()) as Stored;
  }

  it("makes a guest permanent with the same id and nothing typed, by a discoverable passkey", async () => {
    await visitor.click("Continue as guest");
    const guest = (await visitor.session()) as Stored;
    expect(guest.isAnonymous).toBe(true);
    expect(await visitor.click("Keep my cart")).toBeNull();
    expect(await visitor.session()).toMatchObject({ userId: guest.userId, isAnonymous: false });
    expect(await visitor.device.list()).toMatchObject([{ isResidentCredential: true, rpId: "localhost" }]);
    expect(await visitor.typed()).toBe(0);
    const { accessToken } = (await visitor.session()) as Stored;
    const { id, isAnonymous, expiresAt } = (await me(gateway, accessToken)).data.me;
    expect({ id, isAnonymous, expiresAt }).toEqual({
      ...{ id: guest.userId, isAnonymous: false, expiresAt: null },
    });
  });

  it("logs in without a name, again and again, as the counter of the device grows", async () => {
    const { userId } = await becomeOwner();
    for (let login = 0; login < 3; login++) {
      await visitor.reopen();
      expect(await visitor.click("Log in with a passkey")).toBeNull();
      expect(await visitor.session()).toMatchObject({ userId, isAnonymous: false });
      expect(await visitor.typed()).toBe(0);
    }
  });

  it("offers a guest of a second device the merge, after which it is the owner, with nothing typed", async () => {
    const owner = await becomeOwner();
    const second = await openVisitor();
    try {
      await second.device.add(await visitor.device.list());
      await second.click("Continue as guest");
      const guest = (await second.session()) as Stored;
      expect(guest.userId).not.toBe(owner.userId);
      expect(await second.click("Log in with a passkey")).toBeNull();
      expect(await second.session()).toMatchObject({ userId: guest.userId, isAnonymous: true });
      expect(await second.click("Continue with my account")).toBeNull();
      const merged = (await second.session()) as Stored;
      expect(merged).toMatchObject({ userId: owner.userId, isAnonymous: false });
      expect(await second.typed()).toBe(0);
      const { data } = await gateway.graph("{ me { id formerIds } }", { token: merged.accessToken });
      expect(data.me).toEqual({ id: owner.userId, formerIds: [guest.userId] });
      // The first device stays logged in.
      expect((await me(gateway, owner.accessToken)).data.me.id).toBe(owner.userId);
    } finally {
      await second.browser.close();
    }
  });

  it("leaves the guest behind with another touch, if the guest does not want to merge", async () => {
    const owner = await becomeOwner();
    await visitor.reopen();
    await visitor.click("Continue as guest");
    expect(await visitor.click("Log in with a passkey")).toBeNull();
    expect(await visitor.session()).toMatchObject({ isAnonymous: true });
    expect(await visitor.click("Leave the guest")).toBeNull();
    const session = (await visitor.session()) as Stored;
    expect(session).toMatchObject({ userId: owner.userId, isAnonymous: false });
    const { data } = await gateway.graph("{ me { formerIds } }", { token: session.accessToken });
    expect(data.me.formerIds).toEqual([]);
  });

  it("needs nothing of the browser but the ceremonies themselves", async () => {
    const old = `for (const name of ["parseCreationOptionsFromJSON", "parseRequestOptionsFromJSON"])
      PublicKeyCredential[name] = undefined;
      PublicKeyCredential.prototype.toJSON = () => { throw new TypeError(); };`;
    await visitor.page.evaluate(old);
    const { userId } = await becomeOwner();
    await visitor.reopen();
    await visitor.page.evaluate(old);
    expect(await visitor.click("Log in with a passkey")).toBeNull();
    expect(await visitor.session()).toMatchObject({ userId, isAnonymous: false });
  });

  it("logs in from the list of an input (conditional UI)", async () => {
    const { userId } = await becomeOwner();
    await visitor.reopen();
    expect(await visitor.page.evaluate("PublicKeyCredential.isConditionalMediationAvailable()")).toBe(true);
    const waiting = visitor.page.evaluate("offerPasskeys()");
    await visitor.page.getByRole("textbox").click();
    await waiting;
    expect(await visitor.session()).toMatchObject({ userId, isAnonymous: false });
    expect(await visitor.typed()).toBe(0);
  });

  it("ends the list of an input when another ceremony begins", async () => {
    const { userId } = await becomeOwner();
    await visitor.reopen();
    // A list from which nothing is chosen: the virtual device would choose at once.
    await visitor.page.evaluate(`{
      const get = navigator.credentials.get.bind(navigator.credentials);
      navigator.credentials.get = (options) => options.mediation !== "conditional" ? get(options)
        : new Promise((_, reject) => {
            options.signal.throwIfAborted();
            options.signal.addEventListener("abort", () => reject(options.signal.reason));
          });
      offered = offerPasskeys().catch(({ code }) => code);
      undefined;
    }`);
    expect(await visitor.click("Log in with a passkey")).toBeNull();
    const outcome = "Promise.race([offered, new Promise((resolve) => setTimeout(resolve, 5000, 'waits'))])";
    expect(await visitor.page.evaluate(outcome)).toBe("PASSKEY_CANCELLED");
    expect(await visitor.session()).toMatchObject({ userId, isAnonymous: false });
  });

  it("does not register a device twice", async () => {
    await becomeOwner();
    expect(await visitor.click("Keep my cart")).toBe("PASSKEY_EXISTS");
  });

  it("does not log in by a passkey that was unlinked, nor merge into its user", async () => {
    const { accessToken, userId } = await becomeOwner();
    const linked = await linkEmail(gateway, accessToken, `ada-${name}@example.com`);
    expect(linked.errors).toBeUndefined();
    const { data } = await gateway.graph("{ me { identities { id provider } } }", { token: accessToken });
    const { id } = data.me.identities.find(({ provider }: { provider: string }) => provider === "passkey");
    const unlinked = await gateway.graph("mutation ($i: ID!) { unlinkIdentity(identityId: $i) { id } }", {
      token: accessToken,
      variables: { i: id },
    });
    expect(unlinked.errors).toBeUndefined();
    await visitor.reopen();
    expect(await visitor.device.list()).toHaveLength(1);
    expect(await visitor.click("Log in with a passkey")).toBe("INVALID_CREDENTIALS");
    expect(await visitor.session()).toBeNull();
    await visitor.click("Continue as guest");
    expect(await visitor.click("Log in with a passkey")).toBe("INVALID_CREDENTIALS");
    expect(await visitor.session()).toMatchObject({ isAnonymous: true });
    expect((await me(gateway, accessToken)).data.me).toMatchObject({ id: userId, isAnonymous: false });
  });
});
