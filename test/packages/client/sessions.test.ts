/** The client of front ends against a real gateway: the session survives what happens to it. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from "@jest/globals";
import {
  createPasserby,
  type Passerby,
  PasserbyError,
  type PasserbyOptions,
  type SessionStorage,
} from "../../../packages/client/src/index.ts";
import { countRows, createDatabase, type Gateway, startGateway } from "../../support/gateway.ts";
import { createNetwork, firstTimes, type Network } from "./network.ts";

const KEY = "passerby:session";
const EMAIL = { emailPassword: { email: "ada@example.com", password: "correct horse battery" } };

class Storage implements SessionStorage {
  readonly items = new Map<string, string>();
  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.items.set(key, value);
  }
  removeItem(key: string): void {
    this.items.delete(key);
  }
  session(): Record<string, unknown> {
    return JSON.parse(this.items.get(KEY) ?? "null");
  }
  /** Changes what is stored, as if time had passed. */
  change(changes: object): void {
    this.items.set(KEY, JSON.stringify({ ...this.session(), ...changes }));
  }
}

let database: Awaited<ReturnType<typeof createDatabase>>;
let gateway: Gateway;
let network: Network;
let storage: Storage;
let clock: ReturnType<typeof setClock> | undefined;

/** Sets the clock of the device. */
const setClock = (time: number) => jest.spyOn(Date, "now").mockReturnValue(time);

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
  storage = new Storage();
});
afterEach(() => clock?.mockRestore());

/** A tab of a browser: all tabs have the same storage. */
const openTab = (options: Partial<PasserbyOptions> = {}): Passerby =>
  createPasserby({ url: `${gateway.url}/graphql`, storage, fetch: network.fetch, ...options });

const me = async (tab: Passerby): Promise<{ id: string } | null> =>
  (await tab.request<{ me: { id: string } | null }>("query Me { me { id } }")).me;

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "no error",
    (error) => (error instanceof PasserbyError ? error.code : error),
  );

const users = (): Promise<number> => countRows(gateway, "users");

describe("a visitor", () => {
  it("has no user until a token is asked for, and is a guest then", async () => {
    const tab = openTab();
    expect([tab.session, tab.state.isStarting]).toEqual([null, true]);
    expect(network.sent).toEqual([]);
    const token = await tab.getAccessToken();
    expect(tab.session).toEqual({ userId: expect.any(String), isAnonymous: true });
    expect(await tab.getAccessToken()).toBe(token);
    expect(await me(tab)).toEqual({ id: tab.session?.userId });
    expect(network.sent).toEqual(["LogInAnonymously", "Me"]);
  });

  it("is one user in ten tabs that open at once", async () => {
    const before = await users();
    const tabs = Array.from({ length: 10 }, () => openTab());
    const ids = await Promise.all(tabs.map(async (tab) => (await me(tab))?.id));
    expect(new Set(ids).size).toBe(1);
    expect(await users()).toBe(before + 1);
  });

  it("is one user after answers that were lost, also of the page before", async () => {
    const before = await users();
    network.fault = firstTimes(4, "LogInAnonymously", "LOST");
    expect(await codeOf(openTab().getAccessToken())).toBe("NO_RESPONSE");
    const next = openTab();
    expect(await codeOf(next.getAccessToken())).toBe("NO_RESPONSE");
    await next.getAccessToken();
    expect(await users()).toBe(before + 1);
    expect([...storage.items.keys()]).toEqual([KEY]);
  });

  it("is the same one in the next page", async () => {
    const id = (await me(openTab()))?.id;
    const next = openTab();
    expect(next.session).toEqual({ userId: id, isAnonymous: true });
    expect((await me(next))?.id).toBe(id);
  });

  it("has no session where guests are disabled, until asked for", async () => {
    const tab = openTab({ guests: false });
    expect(await tab.getAccessToken()).toBeNull();
    expect(tab.state.isStarting).toBe(false);
    const session = await tab.loginAnonymous();
    expect(await tab.loginAnonymous()).toBe(session);
    expect(await tab.getAccessToken()).toEqual(expect.any(String));
  });

  it("is told by a code that an operator disabled guests", async () => {
    await gateway.admin(
      'mutation { saveProvider(input: { name: "anon-user", enabled: false }) { baseVersion } }',
    );
    await gateway.admin("mutation { deploy { version } }");
    const tab = openTab();
    expect(await codeOf(tab.getAccessToken())).toBe("PROVIDER_DISABLED");
    expect(tab.state).toMatchObject({
      session: null,
      isStarting: false,
      error: { code: "PROVIDER_DISABLED" },
    });
    await gateway.admin(
      'mutation { saveProvider(input: { name: "anon-user", enabled: true }) { baseVersion } }',
    );
    await gateway.admin("mutation { deploy { version } }");
    await tab.getAccessToken();
    expect(tab.state).toMatchObject({ isStarting: false, error: null });
  });
});

describe("an access token", () => {
  it("that has expired is refreshed once for ten tabs with ten requests each", async () => {
    const tabs = Array.from({ length: 10 }, () => openTab());
    await tabs[0]?.getAccessToken();
    storage.change({ refreshAt: 0 });
    network.sent.length = 0;
    const ids = await Promise.all(tabs.flatMap((tab) => Array.from({ length: 10 }, () => me(tab))));
    expect(new Set(ids.map((each) => each?.id)).size).toBe(1);
    expect(network.sent.filter((each) => each !== "Me")).toEqual(["Refresh"]);
  });

  it("that is rejected is refreshed once for all that sent it", async () => {
    const tabs = [openTab(), openTab()];
    await tabs[0]?.getAccessToken();
    storage.change({ accessToken: "not.a.token" });
    network.sent.length = 0;
    await Promise.all(tabs.flatMap((tab) => [me(tab), me(tab), me(tab)]));
    expect(network.sent.filter((each) => each === "Refresh")).toHaveLength(1);
  });

  it("is refreshed when the clock of the device was set back or ahead", async () => {
    const tab = openTab();
    await tab.getAccessToken();
    for (const [years, refreshes] of [
      [-10, 1],
      [10, 1],
      [0, 1],
    ] as const) {
      network.sent.length = 0;
      const wrong = Date.now() + years * 365 * 86_400_000;
      clock = setClock(wrong);
      await tab.getAccessToken();
      await tab.getAccessToken();
      expect([years, network.sent]).toEqual([years, Array(refreshes).fill("Refresh")]);
      clock.mockRestore();
    }
  });

  it("of a gateway whose time differs is used for as long as it lasts", async () => {
    clock = setClock(Date.parse("2001-01-01"));
    const tab = openTab();
    await tab.getAccessToken();
    const { storedAt, refreshAt } = storage.session() as { storedAt: number; refreshAt: number };
    expect(refreshAt - storedAt).toBe(30 * 60_000 * 0.9);
  });
});

describe("a refresh", () => {
  it("whose answer was lost is repeated, and the user stays", async () => {
    const tab = openTab();
    const { userId } = await tab.loginAnonymous();
    storage.change({ refreshAt: 0 });
    network.fault = firstTimes(1, "Refresh", "LOST");
    expect((await me(tab))?.id).toBe(userId);
    expect(network.sent.filter((each) => each === "Refresh")).toHaveLength(2);
  });

  it("whose answers were lost for an hour does not end a guest", async () => {
    const tab = openTab();
    const { userId } = await tab.loginAnonymous();
    storage.change({ refreshAt: 0 });
    network.fault = firstTimes(2, "Refresh", "LOST");
    expect(await codeOf(tab.getAccessToken())).toBe("NO_RESPONSE");
    network.fault = () => "OFFLINE";
    gateway.clock.advance({ minutes: 60 });
    network.fault = () => undefined;
    expect((await me(openTab()))?.id).toBe(userId);
  });

  it.each(["OFFLINE", "CAPTIVE", "SILENT"] as const)(
    "that is %s fails in time, and keeps the session",
    async (fault) => {
      const tab = openTab({ timeoutMs: 100 });
      const { userId } = await tab.loginAnonymous();
      storage.change({ refreshAt: 0 });
      network.fault = () => fault;
      expect(await codeOf(tab.getAccessToken())).toBe("NO_RESPONSE");
      expect(tab.state).toMatchObject({ session: { userId }, isOffline: true });
      network.fault = () => undefined;
      expect((await me(tab))?.id).toBe(userId);
      expect(tab.state.isOffline).toBe(false);
    },
  );

  it("that says that the session has ended is followed by a guest, and nothing is sent as the wrong user", async () => {
    const tab = openTab();
    const { userId } = await tab.loginAnonymous();
    await gateway.admin("mutation ($id: ID!) { revokeSessions(userId: $id) }", { variables: { id: userId } });
    const answers = await Promise.all([codeOf(me(tab)), codeOf(me(tab)), codeOf(tab.link(EMAIL))]);
    expect(answers).toEqual(Array(3).fill("SESSION_REVOKED"));
    expect(tab.session?.userId).not.toBe(userId);
    expect(tab.state).toMatchObject({ session: { isAnonymous: true }, notice: "SESSION_REVOKED" });
    expect((await me(tab))?.id).toBe(tab.session?.userId);
    await tab.dismissNotice();
    expect([tab.state.notice, openTab().state.notice]).toEqual([null, null]);
  });
});

describe("a page that starts offline", () => {
  it("has a guest as soon as the gateway answers, without being asked again", async () => {
    const tab = openTab();
    network.fault = () => "OFFLINE";
    expect(await codeOf(tab.getAccessToken())).toBe("NO_RESPONSE");
    expect(tab.state).toMatchObject({ session: null, isStarting: true, isOffline: true });
    network.fault = () => undefined;
    await new Promise<void>((resolve) => {
      const end = tab.subscribe(() => tab.session && resolve(end()));
    });
    await sleep(0);
    expect(tab.state).toMatchObject({ isStarting: false, isOffline: false });
  });
});

describe("storage", () => {
  it("that throws is survived, for as long as the page", async () => {
    const broken = (): never => {
      throw new DOMException("The operation is insecure.", "SecurityError");
    };
    const tab = openTab({ storage: { getItem: broken, setItem: broken, removeItem: broken } });
    const id = (await me(tab))?.id;
    expect((await me(tab))?.id).toBe(id);
    await tab.logout();
    expect(tab.session).toBeNull();
  });

  it("that is full is survived", async () => {
    storage.setItem = () => {
      throw new DOMException("Full.", "QuotaExceededError");
    };
    const tab = openTab();
    const id = (await me(tab))?.id;
    expect((await me(tab))?.id).toBe(id);
  });

  it("that cannot be read for a while is not overwritten", async () => {
    const { userId } = await openTab().loginAnonymous();
    const stored = storage.items.get(KEY);
    let isLocked = true;
    const locked: SessionStorage = {
      getItem: async (key) => (isLocked ? Promise.reject(new Error("locked")) : storage.getItem(key)),
      setItem: async (key, value) => storage.setItem(key, value),
      removeItem: async (key) => storage.removeItem(key),
    };
    const app = openTab({ storage: locked });
    await app.getAccessToken();
    expect(storage.items.get(KEY)).toBe(stored);
    isLocked = false;
    await app.getAccessToken();
    expect(app.session?.userId).toBe(userId);
  });

  it("that holds something else is not a session", async () => {
    for (const text of ["", "nonsense", "[]", '{"userId":7}', "null"]) {
      storage.items.set(KEY, text);
      const tab = openTab();
      expect([text, tab.session]).toEqual([text, null]);
      await tab.getAccessToken();
      expect(tab.session?.isAnonymous).toBe(true);
    }
  });

  it("may be asynchronous", async () => {
    const { userId } = await openTab().loginAnonymous();
    const app = openTab({
      storage: {
        getItem: async (key) => storage.getItem(key),
        setItem: async (key, value) => storage.setItem(key, value),
        removeItem: async (key) => storage.removeItem(key),
      },
    });
    expect(app.state).toMatchObject({ session: null, isStarting: true });
    await app.getAccessToken();
    expect(app.session?.userId).toBe(userId);
  });
});

it("survives a gateway that is restarted", async () => {
  const tab = openTab();
  const { userId } = await tab.loginAnonymous();
  storage.change({ refreshAt: 0 });
  await gateway.stop();
  expect(await codeOf(me(tab))).toBe("NO_RESPONSE");
  gateway = await startGateway({ url: database.url, clock: gateway.clock });
  network.url = gateway.url;
  expect((await me(tab))?.id).toBe(userId);
});
