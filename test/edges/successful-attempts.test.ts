/** What succeeds costs something too: registrations by address, logins by account, active sessions of one user. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { decodeJwt } from "jose";
import { Session } from "../../src/entities/session.ts";
import { createKey, createOwner, loginWithKey } from "../support/api-keys.ts";
import { PASSWORD, register } from "../support/email-password.ts";
import {
  codeOf,
  countRows,
  createDatabase,
  databases,
  type Gateway,
  linkEmail,
  loginAnonymously,
  me,
  mergeUser,
  startGateway,
} from "../support/gateway.ts";
import { deployIssuer, type Issuer } from "../support/issuer.ts";
import { APP } from "../support/realm.ts";

describe("registrations", () => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  beforeAll(async () => {
    database = await createDatabase("sqlite");
    gateway = await startGateway({
      url: database.url,
      settings: { RATE_LIMITS: "registrations=4/3600,anonymousLogins=off", TRUST_PROXY: "1" },
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });

  it("are limited by address whether they succeed or not, at the graph, at the Realm protocol and by a link", async () => {
    const guest = await loginAnonymously(gateway);
    const realm = async (email: string): Promise<number> =>
      (
        await fetch(`${gateway.url}${APP}/auth/providers/local-userpass/register`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ email, password: PASSWORD }),
        })
      ).status;
    // What could not be registered by anybody is no registration.
    expect(codeOf(await register(gateway, "a@example.com", "short"))).toBe("WEAK_PASSWORD");
    expect(codeOf(await register(gateway, "no email", PASSWORD))).toBe("BAD_USER_INPUT");
    expect(codeOf(await register(gateway, "a@example.com", PASSWORD))).toBeUndefined();
    expect(codeOf(await register(gateway, "a@example.com", PASSWORD))).toBe("EMAIL_TAKEN");
    expect(await realm("b@example.com")).toBe(201);
    expect(codeOf(await linkEmail(gateway, guest.accessToken, "c@example.com"))).toBeUndefined();

    const rejected = await register(gateway, "d@example.com", PASSWORD);
    expect(codeOf(rejected)).toBe("RATE_LIMITED");
    expect(rejected.errors?.[0]?.extensions.retryAfterSeconds).toBeGreaterThan(3_500);
    expect(await realm("d@example.com")).toBe(429);
    const other = await loginAnonymously(gateway);
    expect(codeOf(await linkEmail(gateway, other.accessToken, "d@example.com"))).toBe("RATE_LIMITED");
    expect(await countRows(gateway, "password_credentials", "email = 'd@example.com'")).toBe(0);
    // A link to what is registered already is none.
    expect((await linkEmail(gateway, other.accessToken, "a@example.com")).errors).toBeUndefined();
  });

  it("of another address are not kept out", async () => {
    const { errors } = await gateway.graph(
      `mutation { registerEmailPassword(email: "e@example.com", password: "${PASSWORD}") { email } }`,
      { headers: { "x-forwarded-for": "203.0.113.5" } },
    );
    expect(errors).toBeUndefined();
  });
});

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let issuer: Issuer;
  beforeAll(async () => {
    database = await createDatabase(name);
    gateway = await startGateway({
      url: database.url,
      settings: {
        INITIAL_PROVIDERS: "anon-user,local-userpass,api-key",
        RATE_LIMITS: "logins=5/3600,anonymousLogins=off",
      },
    });
    issuer = await deployIssuer(gateway);
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });

  const activeSessions = (userId: string): Promise<number> =>
    countRows(gateway, "sessions", `user_id = '${userId}' AND ended_at IS NULL`);

  /** Sessions that the user is said to have begun, one each second from an hour ago. */
  async function addSessions(userId: string, provider: string, count: number): Promise<string[]> {
    const start = +gateway.clock.now() - 3_600_000;
    const rows = Array.from({ length: count }, (_, index): Session => {
      const createdAt = new Date(start + index * 1_000);
      return {
        id: `${String(index).padStart(8, "0")}-0000-7000-8000-${userId.slice(-12)}`,
        userId,
        provider,
        identityId: null,
        countsAsRecent: true,
        createdAt,
        lastSeenAt: createdAt,
        expiresAt: new Date(start + 90 * 86_400_000),
        refreshGeneration: 0,
        rotatedAt: null,
        endedAt: null,
        userAgent: null,
        ipAddress: null,
        keyThumbprint: null,
      };
    });
    await gateway.app.services.writes.insert([{ entity: Session, rows }]);
    return rows.map(({ id }) => id);
  }

  it("right logins of one account are limited, from whatever provider, and those of others are not", async () => {
    const owner = await createOwner(gateway);
    const { secret } = (await createKey(gateway, owner.token)).data.createApiKey;
    const codes: (string | undefined)[] = [];
    for (let index = 0; index < 8; index++) codes.push(codeOf(await loginWithKey(gateway, secret)));
    expect(codes.filter((code) => code === undefined).length).toBeLessThanOrEqual(5);
    expect(codes.slice(5)).toEqual(Array(3).fill("RATE_LIMITED"));
    expect(codeOf(await me(gateway, owner.token))).toBeUndefined();
    expect(codeOf(await issuer.login("another account"))).toBeUndefined();
  });

  it("a user has a thousand active sessions at most, and the oldest end first", async () => {
    const { data } = await issuer.login("many");
    const { user, accessToken } = data.login;
    const ids = await addSessions(user.id, "custom-token", 1_005);
    const newest = (await issuer.login("many")).data.login;
    expect(await activeSessions(user.id)).toBe(1_000);
    const ended: { id: string }[] = await gateway.app.database.reads.query(
      `SELECT id FROM sessions WHERE user_id = '${user.id}' AND ended_at IS NOT NULL ORDER BY created_at`,
    );
    // 1,005 from an hour ago, one from the first login and one from the second: the seven oldest.
    expect(ended.map(({ id }) => id)).toEqual(ids.slice(0, 7));
    for (const token of [accessToken, newest.accessToken]) {
      expect(codeOf(await me(gateway, token))).toBeUndefined();
    }
  });

  it("a merge and a login with an idempotency key make room as well", async () => {
    const { user } = (await issuer.login("survivor")).data.login;
    await addSessions(user.id, "custom-token", 999);
    const guest = await loginAnonymously(gateway);
    const { data } = await issuer.link(guest.accessToken, "survivor");
    await mergeUser(gateway, guest.accessToken, data.linkIdentity.mergeTicket);
    expect(await activeSessions(user.id)).toBe(1_000);

    const once = 'mutation { loginAnonymous(idempotencyKey: "0123456789-0123456789") { accessToken } }';
    const token = (await gateway.graph(once)).data.loginAnonymous.accessToken;
    const anonymous = String(decodeJwt(token).sub);
    await addSessions(anonymous, "anon-user", 1_000);
    expect(codeOf(await gateway.graph(once))).toBeUndefined();
    expect(await activeSessions(anonymous)).toBe(1_000);
  });

  it("of sessions that begin at the same time none is counted twice or not at all", async () => {
    const { user } = (await issuer.login("race")).data.login;
    await addSessions(user.id, "custom-token", 999);
    await Promise.all(Array.from({ length: 5 }, () => issuer.login("race")));
    expect(await activeSessions(user.id)).toBe(1_000);
  });
});
