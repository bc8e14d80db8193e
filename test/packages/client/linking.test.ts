/** Login, link, merge and logout of the client against a real gateway, also when answers are lost. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { createPasserby, type Passerby, PasserbyError } from "../../../packages/client/src/index.ts";
import { createDatabase, type Gateway, startGateway } from "../../support/gateway.ts";
import { createNetwork, firstTimes, type Network } from "./network.ts";

let database: Awaited<ReturnType<typeof createDatabase>>;
let gateway: Gateway;
let network: Network;
let count = 0;

beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url });
});
afterAll(async () => {
  await gateway.stop();
  await database.drop();
});
beforeEach(() => {
  network = createNetwork(gateway.url);
});

const openBrowser = (): Passerby => createPasserby({ url: `${gateway.url}/graphql`, fetch: network.fetch });
const newEmail = () => ({
  emailPassword: { email: `ada${++count}@example.com`, password: "correct horse battery" },
});
const me = async (tab: Passerby) =>
  (
    await tab.request<{ me: { id: string; isAnonymous: boolean; formerIds: string[] } }>(
      "query Me { me { id isAnonymous formerIds } }",
    )
  ).me;
const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "no error",
    (error) => (error instanceof PasserbyError ? error.code : error),
  );

/** An account, and a guest on another device. */
async function accountAndGuest() {
  const credentials = newEmail();
  const { linked } = await openBrowser().link(credentials);
  const guest = openBrowser();
  const { userId } = await guest.loginAnonymous();
  return { credentials, accountId: linked?.userId, guest, guestId: userId };
}

describe("a link", () => {
  it("makes the guest permanent, with the same id and a token that says so", async () => {
    const tab = openBrowser();
    const guest = await tab.loginAnonymous();
    const states: unknown[] = [];
    const end = tab.subscribe(() => states.push(tab.session));
    expect(await tab.link(newEmail())).toEqual({ linked: { userId: guest.userId, isAnonymous: false } });
    expect(states.at(-1)).toEqual({ userId: guest.userId, isAnonymous: false });
    end();
    const { length } = states;
    expect(await me(tab)).toMatchObject({ id: guest.userId, isAnonymous: false });
    await tab.logout();
    expect(states).toHaveLength(length);
  });

  it("of a visitor who asked for nothing before makes a guest first", async () => {
    const { linked } = await openBrowser().link(newEmail());
    expect(linked?.isAnonymous).toBe(false);
  });

  it("fails with the gateway's code, and the guest stays", async () => {
    const tab = openBrowser();
    const { userId } = await tab.loginAnonymous();
    const weak = { emailPassword: { email: "weak@example.com", password: "password" } };
    await expect(tab.link(weak)).rejects.toMatchObject({
      name: "PasserbyError",
      code: "WEAK_PASSWORD",
      extensions: { reason: "COMMON" },
    });
    expect(await me(tab)).toMatchObject({ id: userId, isAnonymous: true });
  });

  it("whose answer was lost is found to have happened, and the tokens are the new ones", async () => {
    const tab = openBrowser();
    const { userId } = await tab.loginAnonymous();
    network.fault = firstTimes(1, "Link", "LOST");
    expect(await tab.link(newEmail())).toEqual({ linked: { userId, isAnonymous: false } });
    gateway.clock.advance({ seconds: 60 });
    expect(await me(tab)).toMatchObject({ id: userId, isAnonymous: false });
  });

  it("that did not arrive has not happened", async () => {
    const tab = openBrowser();
    const { userId } = await tab.loginAnonymous();
    network.fault = firstTimes(1, "Link", "OFFLINE");
    const credentials = newEmail();
    expect(await codeOf(tab.link(credentials))).toBe("NO_RESPONSE");
    expect(tab.session).toEqual({ userId, isAnonymous: true });
    expect((await tab.link(credentials)).linked).toEqual({ userId, isAnonymous: false });
  });
});

describe("a conflict", () => {
  it("changes nothing until it is decided", async () => {
    const { credentials, guest, guestId } = await accountAndGuest();
    const { linked, conflict } = await guest.link(credentials);
    expect([linked, conflict?.provider]).toEqual([undefined, "local-userpass"]);
    expect(Date.parse(String(conflict?.expiresAt))).not.toBeNaN();
    expect(await me(guest)).toMatchObject({ id: guestId, isAnonymous: true });
  });

  it("is merged: the guest becomes part of the account", async () => {
    const { credentials, accountId, guest, guestId } = await accountAndGuest();
    const { conflict } = await guest.link(credentials);
    expect(await conflict?.merge()).toEqual({ userId: accountId, isAnonymous: false });
    expect(await me(guest)).toEqual({ id: accountId, isAnonymous: false, formerIds: [guestId] });
  });

  it("is switched: the account without the guest", async () => {
    const { credentials, accountId, guest } = await accountAndGuest();
    const { conflict } = await guest.link(credentials);
    expect(await conflict?.switch()).toEqual({ userId: accountId, isAnonymous: false });
    expect(await me(guest)).toMatchObject({ id: accountId, formerIds: [] });
  });

  it("whose merge got no answer ends at the account all the same", async () => {
    const { credentials, accountId, guest, guestId } = await accountAndGuest();
    const { conflict } = await guest.link(credentials);
    network.fault = firstTimes(1, "Merge", "LOST");
    expect(await conflict?.merge()).toEqual({ userId: accountId, isAnonymous: false });
    expect(await me(guest)).toMatchObject({ id: accountId, formerIds: [guestId] });
    expect(guest.state.notice).toBeNull();
  });

  it("is not merged twice", async () => {
    const { credentials, guest } = await accountAndGuest();
    const { conflict } = await guest.link(credentials);
    await conflict?.merge();
    expect(await codeOf(Promise.resolve(conflict?.merge()))).toMatch(
      /MERGE_TICKET_INVALID|FORBIDDEN|BAD_USER_INPUT/,
    );
  });
});

describe("a logout", () => {
  it("ends the session in every tab, and the next token is a new guest's", async () => {
    const tab = openBrowser();
    const first = await tab.loginAnonymous();
    const token = await tab.getAccessToken();
    await tab.logout();
    expect(tab.state).toMatchObject({ session: null, isStarting: false, notice: null });
    expect((await gateway.graph("{ me { id } }", { token: String(token) })).status).toBe(401);
    await tab.getAccessToken();
    expect(tab.session?.userId).not.toBe(first.userId);
    expect(tab.session?.isAnonymous).toBe(true);
  });

  it("without an answer leaves the session, and says so", async () => {
    const tab = openBrowser();
    const { userId } = await tab.loginAnonymous();
    network.fault = () => "OFFLINE";
    expect(await codeOf(tab.logout())).toBe("NO_RESPONSE");
    expect(tab.session?.userId).toBe(userId);
    network.fault = () => undefined;
    await tab.logout();
    expect(tab.session).toBeNull();
  });

  it("of the others leaves this session", async () => {
    const credentials = newEmail();
    const tab = openBrowser();
    await tab.link(credentials);
    const other = openBrowser();
    await other.login(credentials);
    await tab.logout("OTHERS");
    expect((await me(tab)).isAnonymous).toBe(false);
    expect(await codeOf(me(other))).toBe("SESSION_REVOKED");
  });
});

describe("a login", () => {
  it("signs in to the account, and leaves the guest behind", async () => {
    const { credentials, accountId, guest } = await accountAndGuest();
    expect(await guest.login(credentials)).toEqual({ userId: accountId, isAnonymous: false });
    expect(await me(guest)).toMatchObject({ id: accountId, formerIds: [] });
  });

  it("with a wrong password fails by a code, and the guest stays", async () => {
    const { credentials, guest, guestId } = await accountAndGuest();
    const wrong = { emailPassword: { ...credentials.emailPassword, password: "wrong horse battery" } };
    expect(await codeOf(guest.login(wrong))).toBe("INVALID_CREDENTIALS");
    expect(guest.session?.userId).toBe(guestId);
  });
});
