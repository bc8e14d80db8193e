/** A consumer beside a real gateway: sessions that end are noticed there within the list's time, or at once. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createRevokedSessions } from "../../src/identity/revocation/revoked-sessions.ts";
import {
  AccessTokenError,
  createVerifier,
  type Verifier,
  type VerifierOptions,
} from "../../src/subgraph/index.ts";
import { changeKey } from "../support/api-keys.ts";
import {
  createDatabase,
  type Gateway,
  linkEmail,
  loginAnonymously,
  mergeUser,
  startGateway,
} from "../support/gateway.ts";
import { deployIssuer, type Issuer } from "../support/issuer.ts";
import { createServiceKey, LIST_PATH } from "../support/revocation.ts";

const ISSUER = "http://localhost:4000";
const LIST_SECONDS = 30;

describe("a consumer of the gateway", () => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let issuer: Issuer;
  let serviceKey: { id: string; secret: string };
  let asked: string[] = [];
  let answer: ((url: string) => Response | null) | null = null;

  beforeAll(async () => {
    database = await createDatabase("sqlite");
    const settings = { INITIAL_PROVIDERS: "anon-user,local-userpass,api-key" };
    gateway = await startGateway({ url: database.url, settings });
    issuer = await deployIssuer(gateway);
    serviceKey = await createServiceKey(gateway);
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });

  const consumer = (options: Partial<VerifierOptions> = {}): Verifier => {
    asked = [];
    answer = null;
    return createVerifier({
      issuer: ISSUER,
      gatewayUrl: gateway.url,
      clock: gateway.clock.now,
      revocation: "list",
      async fetch(url, init) {
        asked.push(new URL(url).pathname);
        return answer?.(url) ?? fetch(url, init);
      },
      ...options,
    });
  };
  const outcome = (verify: Verifier, token: string): Promise<string> =>
    verify(token).then(
      () => "accepted",
      (error: unknown) => (error instanceof AccessTokenError ? error.code : String(error)),
    );
  const down = (): Response => {
    throw new TypeError("fetch failed");
  };
  const admin = (mutation: string, id: string) =>
    gateway.admin(`mutation ($id: ID!) { ${mutation} }`, { variables: { id } });

  const ends: [string, (guest: { id: string; accessToken: string }) => Promise<unknown>][] = [
    ["logout", ({ accessToken: token }) => gateway.graph("mutation { logout { sessionsEnded } }", { token })],
    [
      "deleteMe",
      ({ accessToken: token }) => gateway.graph("mutation { deleteMe { deletedUserId } }", { token }),
    ],
    ["deletion by an operator", ({ id }) => admin("deleteUser(id: $id)", id)],
    ["disabling", ({ id }) => admin("disableUser(id: $id) { id }", id)],
    ["revokeSessions", ({ id }) => admin("revokeSessions(userId: $id)", id)],
    [
      "a merge",
      async ({ accessToken }) => {
        await issuer.login(accessToken.slice(-20));
        const { data } = await issuer.link(accessToken, accessToken.slice(-20));
        await mergeUser(gateway, accessToken, data.linkIdentity.mergeTicket);
      },
    ],
  ];

  it.each(ends)(
    "rejects after %s, within thirty seconds by the list, at once by introspection, never by keys alone",
    async (_, end) => {
      const [guest, other] = [await loginAnonymously(gateway), await loginAnonymously(gateway)];
      const byList = consumer();
      const byIntrospection = consumer({ revocation: "introspection", serviceKey: serviceKey.secret });
      const byKeys = consumer({ revocation: "none" });
      for (const verify of [byList, byIntrospection, byKeys]) {
        expect(await outcome(verify, guest.accessToken)).toBe("accepted");
      }
      await end(guest);
      expect(await outcome(byIntrospection, guest.accessToken)).toBe("TOKEN_REVOKED");
      gateway.clock.advance({ seconds: LIST_SECONDS });
      expect(await outcome(byList, guest.accessToken)).toBe("TOKEN_REVOKED");
      expect(await outcome(byKeys, guest.accessToken)).toBe("accepted");
      expect(await outcome(byList, other.accessToken)).toBe("accepted");
    },
  );

  it("reads the list once in thirty seconds, whatever comes, and says when it has it already", async () => {
    const { accessToken } = await loginAnonymously(gateway);
    const verify = consumer();
    const count = (): number => asked.filter((path) => path === LIST_PATH).length;
    await Promise.all(Array.from({ length: 20 }, () => verify(accessToken)));
    gateway.clock.advance({ seconds: LIST_SECONDS - 1 });
    await verify(accessToken);
    expect(count()).toBe(1);
    gateway.clock.advance({ seconds: 1 });
    const statuses: number[] = [];
    const counting = consumer({
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        if (url.endsWith(LIST_PATH)) statuses.push(response.status);
        return response;
      },
    });
    await counting(accessToken);
    gateway.clock.advance({ seconds: LIST_SECONDS });
    await counting(accessToken);
    expect(statuses).toEqual([200, 304]);
  });

  it("counts the time that a cache in between has kept the list", async () => {
    const guest = await loginAnonymously(gateway);
    const verify = consumer({
      fetch: async (url, init) => {
        asked.push(new URL(url).pathname);
        const response = await fetch(url, init);
        if (!url.endsWith(LIST_PATH) || response.status !== 200) return response;
        return new Response(await response.text(), { headers: { "cache-control": "max-age=30", age: "20" } });
      },
    });
    await verify(guest.accessToken);
    await gateway.graph("mutation { logout { sessionsEnded } }", { token: guest.accessToken });
    gateway.clock.advance({ seconds: 10 });
    expect(await outcome(verify, guest.accessToken)).toBe("TOKEN_REVOKED");
  });

  it("goes by its last list for five minutes while the gateway is down, then rejects, or accepts where that is said", async () => {
    for (const [ifRevocationUnknown, last] of [
      ["reject", "REVOCATION_UNKNOWN"],
      ["accept", "accepted"],
    ] as const) {
      const { accessToken } = await loginAnonymously(gateway);
      const verify = consumer({ ifRevocationUnknown });
      await verify(accessToken);
      answer = down;
      gateway.clock.advance({ minutes: 2 });
      expect(await outcome(verify, accessToken)).toBe("accepted");
      gateway.clock.advance({ minutes: 3 });
      expect(await outcome(verify, accessToken)).toBe(last);
      answer = null;
      gateway.clock.advance({ seconds: 5 });
      expect(await outcome(verify, accessToken)).toBe("accepted");
    }
  });

  it("believes no list that is not signed by the gateway, for this issuer, as such a list", async () => {
    const { accessToken } = await loginAnonymously(gateway);
    const list = await (await fetch(gateway.url + LIST_PATH)).text();
    const tampered = list.replace(
      /\.[^.]+\./,
      `.${btoa('{"sessions":[],"complete":true}').replaceAll("=", "")}.`,
    );
    for (const text of ["", "[]", tampered, accessToken]) {
      const verify = consumer();
      answer = (url) => (url.endsWith(LIST_PATH) ? new Response(text) : null);
      expect(await outcome(verify, accessToken)).toBe("REVOCATION_UNKNOWN");
    }
    const verify = consumer();
    answer = (url) => (url.endsWith(LIST_PATH) ? new Response(list) : null);
    expect(await outcome(verify, accessToken)).toBe("accepted");
    gateway.clock.advance({ minutes: 10 });
    expect(await outcome(verify, accessToken)).toBe("REVOCATION_UNKNOWN");
  });

  it("asks the gateway about what an incomplete list does not hold, and cannot without a key", async () => {
    const [gone, alsoGone, there] = [
      await loginAnonymously(gateway),
      await loginAnonymously(gateway),
      await loginAnonymously(gateway),
    ];
    for (const { accessToken: token } of [gone, alsoGone]) {
      await gateway.graph("mutation { logout { sessionsEnded } }", { token });
      gateway.clock.advance({ seconds: 1 });
    }
    const { jwt } = await createRevokedSessions({ ...gateway.app.services, maxListed: 1 }).read();
    const withKey = consumer({ serviceKey: serviceKey.secret });
    answer = (url) => (url.endsWith(LIST_PATH) ? new Response(jwt) : null);
    expect(await outcome(withKey, alsoGone.accessToken)).toBe("TOKEN_REVOKED");
    expect(asked).not.toContain("/oauth2/introspect");
    expect(await outcome(withKey, gone.accessToken)).toBe("TOKEN_REVOKED");
    expect(await outcome(withKey, there.accessToken)).toBe("accepted");
    expect(asked.filter((path) => path === "/oauth2/introspect")).toHaveLength(2);
    const without = consumer();
    answer = (url) => (url.endsWith(LIST_PATH) ? new Response(jwt) : null);
    expect(await outcome(without, alsoGone.accessToken)).toBe("TOKEN_REVOKED");
    expect(await outcome(without, there.accessToken)).toBe("REVOCATION_UNKNOWN");
  });

  it("learns by introspection what is true now of a token from before a link", async () => {
    const { accessToken } = await loginAnonymously(gateway);
    const verify = consumer({ revocation: "introspection", serviceKey: serviceKey.secret });
    expect((await verify(accessToken)).is_anonymous).toBe(true);
    await linkEmail(gateway, accessToken, "now-known@example.com");
    expect((await verify(accessToken)).is_anonymous).toBe(false);
  });

  it("cannot introspect with a key that is wrong, disabled, or while the gateway is down", async () => {
    const { accessToken } = await loginAnonymously(gateway);
    const other = await createServiceKey(gateway, "other");
    const verify = consumer({ revocation: "introspection", serviceKey: other.secret });
    expect(await outcome(verify, accessToken)).toBe("accepted");
    await changeKey(gateway, "disableServerApiKey", other);
    expect(await outcome(verify, accessToken)).toBe("REVOCATION_UNKNOWN");
    await changeKey(gateway, "enableServerApiKey", other);
    answer = (url) => (url.endsWith("/introspect") ? down() : null);
    expect(await outcome(verify, accessToken)).toBe("REVOCATION_UNKNOWN");
    answer = (url) => (url.endsWith("/introspect") ? new Response("null") : null);
    expect(await outcome(verify, accessToken)).toBe("REVOCATION_UNKNOWN");
  });
});
