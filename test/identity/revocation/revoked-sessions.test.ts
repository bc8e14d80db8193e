/** All the ways a session ends, and what consumers that verify tokens by themselves learn of it, on both databases. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { decodeJwt } from "jose";
import { createRevokedSessions } from "../../../src/identity/revocation/revoked-sessions.ts";
import { changeKey, createKey, createOwner, loginWithKey } from "../../support/api-keys.ts";
import { changePassword, PASSWORD } from "../../support/email-password.ts";
import {
  codeOf,
  countRows,
  createDatabase,
  databases,
  type Gateway,
  linkEmail,
  login,
  loginAnonymously,
  me,
  mergeUser,
  refresh,
  startGateway,
} from "../../support/gateway.ts";
import { deployIssuer, type Issuer } from "../../support/issuer.ts";
import { createServiceKey, hashOf, introspect, isListed, readRevoked } from "../../support/revocation.ts";

const LIFE_SECONDS = 1_800;
const SKEW_SECONDS = 60;
/** How often a gateway looks into its database. */
const LOOK_SECONDS = 5;

interface Setting {
  readonly gateway: Gateway;
  readonly issuer: Issuer;
  readonly database: Awaited<ReturnType<typeof createDatabase>>;
}

const settings = { INITIAL_PROVIDERS: "anon-user,local-userpass,api-key" };

let names = 0;
const newName = (): string => `name${++names}`;

const adminOn = (gateway: Gateway, mutation: string, id: string) =>
  gateway.admin(`mutation ($id: ID!) { ${mutation} }`, { variables: { id } });

/** Each gives a token that is good, and then an end to its session. */
const ways: [
  way: string,
  prepare: (setting: Setting) => Promise<{ token: string; end: () => Promise<unknown> }>,
][] = [
  [
    "logout",
    async ({ gateway }) => {
      const { accessToken: token } = await loginAnonymously(gateway);
      return { token, end: () => gateway.graph("mutation { logout { sessionsEnded } }", { token }) };
    },
  ],
  [
    "logout of the other devices",
    async ({ gateway, issuer }) => {
      const subject = newName();
      const [lost, kept] = [await issuer.login(subject), await issuer.login(subject)];
      return {
        token: lost.data.login.accessToken,
        end: () =>
          gateway.graph("mutation { logout(scope: OTHERS) { sessionsEnded } }", {
            token: kept.data.login.accessToken,
          }),
      };
    },
  ],
  [
    "the end of one session",
    async ({ gateway, issuer }) => {
      const subject = newName();
      const [lost, kept] = [await issuer.login(subject), await issuer.login(subject)];
      return {
        token: lost.data.login.accessToken,
        end: () =>
          gateway.graph("mutation ($id: ID!) { endSession(sessionId: $id) { sessionsEnded } }", {
            token: kept.data.login.accessToken,
            variables: { id: lost.data.login.session.id },
          }),
      };
    },
  ],
  [
    "a refresh token that was used twice",
    async ({ gateway }) => {
      const { accessToken: token, refreshToken } = await loginAnonymously(gateway);
      const { data } = await refresh(gateway, refreshToken);
      return {
        token,
        end: async () => {
          // A guest's is good until its successor is used, for that answer may have been lost.
          await refresh(gateway, data.refreshSession.refreshToken);
          await refresh(gateway, refreshToken);
        },
      };
    },
  ],
  [
    "deleteMe",
    async ({ gateway }) => {
      const { accessToken: token } = await loginAnonymously(gateway);
      return { token, end: () => gateway.graph("mutation { deleteMe { deletedUserId } }", { token }) };
    },
  ],
  [
    "deletion by an operator",
    async ({ gateway }) => {
      const { accessToken: token, id } = await loginAnonymously(gateway);
      return { token, end: () => adminOn(gateway, "deleteUser(id: $id)", id) };
    },
  ],
  [
    "disabling",
    async ({ gateway }) => {
      const { accessToken: token, id } = await loginAnonymously(gateway);
      return { token, end: () => adminOn(gateway, "disableUser(id: $id) { id }", id) };
    },
  ],
  [
    "revokeSessions",
    async ({ gateway }) => {
      const { accessToken: token, id } = await loginAnonymously(gateway);
      return {
        token,
        end: () =>
          gateway.admin("mutation ($id: ID!) { revokeSessions(userId: $id) }", { variables: { id } }),
      };
    },
  ],
  [
    "a merge",
    async ({ gateway, issuer }) => {
      const subject = newName();
      await issuer.login(subject);
      const { accessToken: token } = await loginAnonymously(gateway);
      const { data } = await issuer.link(token, subject);
      return { token, end: () => mergeUser(gateway, token, data.linkIdentity.mergeTicket) };
    },
  ],
  [
    "a merge whose survivor is deleted",
    async ({ gateway, issuer }) => {
      const subject = newName();
      const survivor = (await issuer.login(subject)).data.login.user.id;
      const { accessToken: token } = await loginAnonymously(gateway);
      const { data } = await issuer.link(token, subject);
      return {
        token,
        end: async () => {
          await mergeUser(gateway, token, data.linkIdentity.mergeTicket);
          await adminOn(gateway, "deleteUser(id: $id)", survivor);
        },
      };
    },
  ],
  [
    "unlinking the provider that it came by",
    async ({ gateway, issuer }) => {
      const { accessToken } = await loginAnonymously(gateway);
      const [subject, email] = [newName(), `${newName()}@example.com`];
      await issuer.link(accessToken, subject);
      await linkEmail(gateway, accessToken, email);
      const token = (await issuer.login(subject)).data.login.accessToken;
      const { data } = await gateway.graph("{ me { identities { id provider } } }", { token: accessToken });
      const identity = data.me.identities.find(
        (each: { provider: string }) => each.provider === "custom-token",
      );
      return {
        token,
        end: () =>
          gateway.graph("mutation ($id: ID!) { unlinkIdentity(identityId: $id) { id } }", {
            token: accessToken,
            variables: { id: identity.id },
          }),
      };
    },
  ],
  [
    "unlinking a program's key",
    async ({ gateway }) => {
      const owner = await createOwner(gateway);
      const { secret } = (await createKey(gateway, owner.token)).data.createApiKey;
      const token = (await loginWithKey(gateway, secret)).data.login.accessToken;
      const { data } = await gateway.graph("{ me { identities { id provider } } }", { token: owner.token });
      const identity = data.me.identities.find((each: { provider: string }) => each.provider === "api-key");
      return {
        token,
        end: () =>
          gateway.graph("mutation ($id: ID!) { unlinkIdentity(identityId: $id) { id } }", {
            token: owner.token,
            variables: { id: identity.id },
          }),
      };
    },
  ],
  ...["disableApiKey", "deleteApiKey"].map((mutation): (typeof ways)[number] => [
    mutation,
    async ({ gateway }) => {
      const owner = await createOwner(gateway);
      const { apiKey, secret } = (await createKey(gateway, owner.token)).data.createApiKey;
      const token = (await loginWithKey(gateway, secret)).data.login.accessToken;
      return { token, end: () => changeKey(gateway, mutation, { id: apiKey.id, token: owner.token }) };
    },
  ]),
  ...["disableServerApiKey", "deleteServerApiKey"].map((mutation): (typeof ways)[number] => [
    mutation,
    async ({ gateway }) => {
      const key = await createServiceKey(gateway, newName());
      const token = (await loginWithKey(gateway, key.secret)).data.login.accessToken;
      return { token, end: () => changeKey(gateway, mutation, key) };
    },
  ]),
  [
    "another password",
    async ({ gateway }) => {
      const [guest, email] = [await loginAnonymously(gateway), `${newName()}@example.com`];
      await linkEmail(gateway, guest.accessToken, email);
      const other = (await login(gateway, email, PASSWORD)).data.login.accessToken;
      return {
        token: guest.accessToken,
        end: () => changePassword(gateway, { token: other }, PASSWORD, "another horse"),
      };
    },
  ],
  [
    "expiry, once users live for fewer days",
    async ({ gateway, database }) => {
      const guest = await loginAnonymously(gateway);
      gateway.clock.advance({ days: 3 });
      const token = (await refresh(gateway, guest.refreshToken)).data.refreshSession.accessToken;
      return {
        token,
        end: async () => {
          const { url } = database;
          const stricter = await startGateway({
            url,
            clock: gateway.clock,
            settings: { ...settings, ANONYMOUS_USER_DAYS: "2" },
          });
          await stricter.admin("mutation { expireAnonymousUsers(dryRun: false) { users } }");
          await stricter.stop();
        },
      };
    },
  ],
];

describe.each(databases)("on %s", (name) => {
  let setting: Setting;
  let serviceKey: string;

  beforeAll(async () => {
    const database = await createDatabase(name);
    const gateway = await startGateway({ url: database.url, settings });
    setting = { gateway, database, issuer: await deployIssuer(gateway) };
    serviceKey = (await createServiceKey(gateway, "consumer")).secret;
  });
  afterAll(async () => {
    await setting.gateway.stop();
    await setting.database.drop();
  });

  const isActive = async (token: string): Promise<boolean> => {
    const answer = (await (await introspect(setting.gateway, serviceKey, token)).json()) as {
      active: boolean;
    };
    return answer.active;
  };

  it.each(ways)(
    "%s: listed within seconds, inactive at once, and forgotten with its last token",
    async (_, prepare) => {
      const { gateway } = setting;
      const { token, end } = await prepare(setting);
      expect(await isListed(gateway, token)).toBe(false);
      expect(await isActive(token)).toBe(true);
      await end();
      expect(codeOf(await me(gateway, token))).toMatch(/^(UNAUTHENTICATED|USER_DISABLED)$/);
      expect(await isActive(token)).toBe(false);
      gateway.clock.advance({ seconds: LOOK_SECONDS });
      expect(await isListed(gateway, token)).toBe(true);
      gateway.clock.advance({ seconds: LIFE_SECONDS + SKEW_SECONDS - LOOK_SECONDS - 1 });
      expect(await isListed(gateway, token)).toBe(true);
      gateway.clock.advance({ seconds: LOOK_SECONDS + 1 });
      expect(await isListed(gateway, token)).toBe(false);
    },
  );

  it("stays listed for as long as its tokens live when new ones live for less", async () => {
    const { gateway, database } = setting;
    const { accessToken: token } = await loginAnonymously(gateway);
    await gateway.graph("mutation { logout { sessionsEnded } }", { token });
    gateway.clock.advance({ seconds: 600 });
    const stricter = await startGateway({
      url: database.url,
      clock: gateway.clock,
      settings: { ...settings, ACCESS_TOKEN_SECONDS: "300" },
    });
    try {
      expect(await isListed(stricter, token)).toBe(true);
    } finally {
      await stricter.stop();
    }
  });

  it("a user who is enabled again is listed no more, and their tokens are active", async () => {
    const { gateway } = setting;
    const { id, accessToken } = await loginAnonymously(gateway);
    await adminOn(gateway, "disableUser(id: $id) { id }", id);
    gateway.clock.advance({ seconds: LOOK_SECONDS });
    expect(await isListed(gateway, accessToken)).toBe(true);
    await adminOn(gateway, "enableUser(id: $id) { id }", id);
    gateway.clock.advance({ seconds: LOOK_SECONDS });
    expect(await isListed(gateway, accessToken)).toBe(false);
    expect(await isActive(accessToken)).toBe(true);
  });

  it("the sessions of others are not listed", async () => {
    const { gateway } = setting;
    const [gone, other] = [await loginAnonymously(gateway), await loginAnonymously(gateway)];
    await gateway.graph("mutation { deleteMe { deletedUserId } }", { token: gone.accessToken });
    gateway.clock.advance({ seconds: LOOK_SECONDS });
    const { sessions } = await readRevoked(gateway);
    expect(sessions).toContain(hashOf(gone.accessToken));
    expect(sessions).not.toContain(hashOf(other.accessToken));
  });

  it("a rejected unlinking lists nothing", async () => {
    const { gateway } = setting;
    const key = await createServiceKey(gateway, newName());
    const token = (await loginWithKey(gateway, key.secret)).data.login.accessToken;
    const { data } = await gateway.graph("{ me { identities { id } } }", { token });
    const rejected = await gateway.graph("mutation ($id: ID!) { unlinkIdentity(identityId: $id) { id } }", {
      token,
      variables: { id: data.me.identities[0].id },
    });
    expect(codeOf(rejected)).toBeDefined();
    gateway.clock.advance({ seconds: LOOK_SECONDS });
    expect(await isListed(gateway, token)).toBe(false);
  });

  it("ordinary expiry keeps nothing: tokens end with their user", async () => {
    const { gateway } = setting;
    const guest = await loginAnonymously(gateway);
    gateway.clock.advance({ days: 89, minutes: 24 * 60 - 10 });
    const fresh = (await refresh(gateway, guest.refreshToken)).data.refreshSession.accessToken;
    const { exp = 0 } = decodeJwt(fresh);
    expect(exp - +gateway.clock.now() / 1_000).toBe(600);
    gateway.clock.advance({ minutes: 9, seconds: 59 });
    expect(await isActive(fresh)).toBe(true);
    gateway.clock.advance({ seconds: 1 });
    expect(await isActive(fresh)).toBe(false);
  });

  it("what was kept of removed sessions goes after two days, and not sooner", async () => {
    const { gateway } = setting;
    const { accessToken: token } = await loginAnonymously(gateway);
    await gateway.graph("mutation { deleteMe { deletedUserId } }", { token });
    const { sid } = decodeJwt(token);
    const { purgeSessions } = await import("../../../src/identity/users/purge.ts");
    gateway.clock.advance({ days: 2, seconds: -1 });
    await purgeSessions(gateway.app.services);
    expect(await countRows(gateway, "session_tombstones", `id = '${sid}'`)).toBe(1);
    gateway.clock.advance({ seconds: 1 });
    await purgeSessions(gateway.app.services);
    expect(await countRows(gateway, "session_tombstones")).toBe(0);
  });

  it("a user who logs in and is deleted at the same time leaves no valid token that the list lacks", async () => {
    const { gateway, issuer } = setting;
    for (let round = 0; round < 8; round++) {
      const subject = newName();
      const { user } = (await issuer.login(subject)).data.login;
      const [again] = await Promise.all([
        Promise.all([issuer.login(subject), issuer.login(subject), issuer.login(subject)]),
        adminOn(gateway, "deleteUser(id: $id)", user.id),
      ]);
      gateway.clock.advance({ seconds: LOOK_SECONDS });
      const { sessions } = await readRevoked(gateway);
      for (const { data } of again) {
        const token = data?.login?.accessToken;
        if (token) expect(sessions.includes(hashOf(token))).toBe(!(await isActive(token)));
      }
    }
  });

  it("a list that would be too long says that it is not complete, and holds the newest", async () => {
    const { gateway } = setting;
    const { services } = gateway.app;
    gateway.clock.advance({ minutes: 60 });
    const tokens: string[] = [];
    for (let index = 0; index < 4; index++) {
      const { accessToken: token } = await loginAnonymously(gateway);
      gateway.clock.advance({ seconds: 1 });
      await gateway.graph("mutation { logout { sessionsEnded } }", { token });
      tokens.push(token);
    }
    const read = async (maxListed: number) =>
      decodeJwt((await createRevokedSessions({ ...services, maxListed }).read()).jwt);
    expect(await read(4)).toMatchObject({ complete: true, sessions: tokens.toReversed().map(hashOf) });
    expect(await read(3)).toMatchObject({
      complete: false,
      sessions: tokens.slice(1).toReversed().map(hashOf),
    });
  });

  it("is read from indices", async () => {
    const { reads } = setting.gateway.app.services;
    const isSqlite = name === "sqlite";
    // In tables as small as these PostgreSQL would rather read everything, or sort.
    if (!isSqlite) await reads.query("SET enable_seqscan = off; SET enable_sort = off");
    for (const [table, column, index] of [
      ["sessions", "ended_at", "sessions_ended"],
      ["session_tombstones", "ended_at", "session_tombstones_ended"],
      ["users", "disabled_at", "users_by_disabling"],
    ]) {
      const sql = `SELECT id FROM ${table} WHERE ${column} > 1 ORDER BY ${column} DESC LIMIT 9`;
      const plan = JSON.stringify(await reads.query(`EXPLAIN ${isSqlite ? "QUERY PLAN " : ""}${sql}`));
      expect(plan).toContain(index);
      expect(plan).not.toMatch(/TEMP B-TREE|Sort/);
    }
  });
});
