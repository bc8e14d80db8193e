/** Statistics say what the rows say, after everything that can happen to a user. */
import { afterEach, describe, expect, it } from "@jest/globals";
import { createImporter } from "../../src/import/import-users.ts";
import { decideImport } from "../../src/import/imported-users.ts";
import { operator } from "../support/contexts.ts";
import {
  codeOf,
  countRows,
  createDatabase,
  databases,
  type Gateway,
  type Login,
  linkEmail,
  login,
  loginAnonymously,
  mergeUser,
  refresh,
  startGateway,
} from "../support/gateway.ts";

const DAY_MS = 86_400_000;
const STATISTICS = `query ($days: Int!) { statistics(days: $days) {
  logins { day total byProvider { provider count } }
  failedLogins { day total byCode { code count } }
  conversion { weekOf arrived linked merged }
  anonymousUsers { total expireAfterDays expiringWithinWeek byAge { ageDays arrivedOn users } }
  activeSessions { total byProvider { provider count } } } }`;

// biome-ignore lint/suspicious/noExplicitAny: checked by what is expected of it
type Loose = any;
const statistics = async (gateway: Gateway, days = 100): Promise<Loose> => {
  // What was counted of active sessions is kept for a minute.
  gateway.clock.advance({ minutes: 2 });
  const { data, errors } = await gateway.admin(STATISTICS, { variables: { days } });
  expect(errors).toBeUndefined();
  return data.statistics;
};

const nonZero = (counts: readonly { day: string; total: number }[]): Record<string, number> =>
  Object.fromEntries(counts.filter(({ total }) => total > 0).map(({ day, total }) => [day, total]));

const sum = (counts: readonly Loose[], key: string): number =>
  counts.reduce((total, each) => total + each[key], 0);

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let place: Awaited<ReturnType<typeof createDatabase>>;
  const start = async (): Promise<void> => {
    place = await createDatabase(name);
    gateway = await startGateway({ url: place.url });
  };
  afterEach(async () => {
    await gateway.stop();
    await place.drop();
  });

  /** The same from the rows themselves. */
  async function bruteForce(): Promise<Loose> {
    const { reads } = gateway.app.database;
    const now = +gateway.clock.now();
    const anonymous: { created_at: number }[] = await reads.query(
      "SELECT created_at FROM users WHERE is_anonymous",
    );
    const byAge: Record<number, number> = {};
    for (const { created_at } of anonymous) {
      const age = Math.min(90, Math.floor(now / DAY_MS) - Math.floor(created_at / DAY_MS));
      byAge[age] = (byAge[age] ?? 0) + 1;
    }
    return {
      total: anonymous.length,
      byAge,
      live: await countRows(
        gateway,
        "sessions",
        `ended_at IS NULL AND (expires_at IS NULL OR expires_at > ${now})`,
      ),
    };
  }

  async function expectAgreement(): Promise<Loose> {
    const shown = await statistics(gateway);
    const rows = await bruteForce();
    const { total, byAge } = shown.anonymousUsers;
    expect(total).toBe(rows.total);
    expect(
      Object.fromEntries(
        byAge.filter((each: Loose) => each.users !== 0).map((each: Loose) => [each.ageDays, each.users]),
      ),
    ).toEqual(rows.byAge);
    expect(shown.activeSessions.total).toBe(rows.live);
    return shown;
  }

  it("agrees with the rows after logins, links, merges, logouts, deletions and expiry", async () => {
    await start();
    const firstDay = gateway.clock.now().toISOString().slice(0, 10);
    const [linker, merging, leaving, staying, deleted] = await Promise.all(
      Array.from({ length: 5 }, () => loginAnonymously(gateway)),
    );
    const key = "a key that cannot be guessed";
    for (let tries = 0; tries < 2; tries++) {
      await gateway.graph(`mutation { loginAnonymous(idempotencyKey: "${key}") { user { id } } }`);
    }
    // Six users with seven sessions, all of them anonymous.
    let shown = await expectAgreement();
    expect(nonZero(shown.logins)).toEqual({ [firstDay]: 7 });
    expect(shown.anonymousUsers.total).toBe(6);

    gateway.clock.advance({ days: 3 });
    // Their access tokens have expired by now.
    const tokenOf = async (guest: Login | undefined): Promise<string> =>
      (await refresh(gateway, String(guest?.refreshToken))).data.refreshSession.accessToken;
    await linkEmail(gateway, await tokenOf(linker), "linker@example.com");
    const relogin = await login(gateway, "linker@example.com", "correct horse");
    expect(codeOf(relogin)).toBeUndefined();
    const mergingToken = await tokenOf(merging);
    const again = await linkEmail(gateway, mergingToken, "linker@example.com");
    await mergeUser(gateway, mergingToken, again.data.linkIdentity.mergeTicket);
    await gateway.graph("mutation { logout { sessionsEnded } }", { token: await tokenOf(leaving) });
    await gateway.graph("mutation { deleteMe { deletedUserId } }", { token: await tokenOf(deleted) });
    await gateway.admin(`mutation { deleteUser(id: "${staying?.id}") }`);
    await login(gateway, "linker@example.com", "a wrong password");
    shown = await expectAgreement();
    const thirdDay = gateway.clock.now().toISOString().slice(0, 10);
    expect(nonZero(shown.logins)).toEqual({ [firstDay]: 7, [thirdDay]: 2 });
    expect(nonZero(shown.failedLogins)).toEqual({ [thirdDay]: 1 });
    expect(shown.conversion.filter((week: Loose) => week.arrived > 0)).toEqual([
      { weekOf: "2026-06-01", arrived: 6, linked: 1, merged: 1 },
    ]);

    gateway.clock.advance({ days: 84 });
    await loginAnonymously(gateway);
    shown = await expectAgreement();
    expect(shown.anonymousUsers.expiringWithinWeek).toBe(2);
    gateway.clock.advance({ days: 4 });
    const expired = await gateway.admin("mutation { expireAnonymousUsers(dryRun: false) { users } }");
    expect(expired.data.expireAnonymousUsers.users).toBe(2);
    shown = await expectAgreement();
    expect(shown.anonymousUsers.total).toBe(1);
    // Those that are gone still arrived.
    expect(sum(shown.conversion, "arrived")).toBe(7);
    expect(sum(shown.logins, "total")).toBe(10);
  });

  it("agrees with the rows after an import of guests, of users who were guests and of others", async () => {
    await start();
    const { services } = gateway.app;
    const now = gateway.clock.now();
    const identity = (provider_type: string, n: number) => ({
      id: `${provider_type}-${n}`,
      provider_type,
      provider_data: { email: `imported${n}@example.com` },
    });
    const planned = Array.from({ length: 30 }, (_, n) => {
      const [guest, known] = [identity("anon-user", n), identity("local-userpass", n)];
      const value = {
        _id: `imported-${n}`,
        identities: [[guest], [guest, known], [known]][n % 3],
        creation_date: now.getTime() / 1_000 - (n % 10) * 86_400,
      };
      const decision = decideImport(value, {
        now,
        policy: services.policy,
        anonymousFrom: n % 2 ? "now" : "creation",
        normalizeEmail: (email) => email,
      });
      if (decision.kind !== "import") throw new Error(decision.reason);
      return decision.planned;
    });
    const store = createImporter(services, operator, { dryRun: false });
    for (let times = 0; times < 2; times++) await store(planned);
    let shown = await expectAgreement();
    expect(shown.anonymousUsers.total).toBe(10);
    expect([sum(shown.conversion, "arrived"), sum(shown.conversion, "linked")]).toEqual([20, 10]);
    // Without a login.
    expect(nonZero(shown.logins)).toEqual({});
    expect(await countRows(gateway, "sessions")).toBe(0);

    for (const n of [0, 1, 2, 3]) await gateway.admin(`mutation { deleteUser(id: "imported-${n}") }`);
    await loginAnonymously(gateway);
    shown = await expectAgreement();
    expect(shown.anonymousUsers.total).toBe(9);
    expect(sum(shown.logins, "total")).toBe(1);
    gateway.clock.advance({ days: 91 });
    await gateway.admin("mutation { expireAnonymousUsers(dryRun: false) { users } }");
    expect((await expectAgreement()).anonymousUsers.total).toBe(0);
  });

  it("counts logins that share a commit, and those of several gateways", async () => {
    await start();
    const other = await startGateway({ url: place.url, clock: gateway.clock });
    await Promise.all(
      Array.from({ length: 120 }, (_, index) => loginAnonymously(index % 2 ? gateway : other)),
    );
    const shown = await expectAgreement();
    expect(shown.logins.at(-1).byProvider).toEqual([{ provider: "anon-user", count: 120 }]);
    await other.stop();
  });

  it("counts attempts with a disabled provider", async () => {
    await start();
    await gateway.graph(`mutation { login(credentials: { jwt: { token: "x" } }) { user { id } } }`);
    const shown = await statistics(gateway, 1);
    expect(shown.failedLogins[0].byCode).toEqual([{ code: "PROVIDER_DISABLED", count: 1 }]);
  });

  it.each([0, -1, 401])("rejects %i days", async (days) => {
    await start();
    expect(codeOf(await gateway.admin(STATISTICS, { variables: { days } }))).toBe("BAD_USER_INPUT");
  });
});
