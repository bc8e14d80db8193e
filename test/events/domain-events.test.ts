/** What subscribers can read after each thing that happens, on both databases; and that a failure leaves nothing. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Event } from "../../src/entities/event.ts";
import { runExpiry } from "../../src/identity/users/expiry-run.ts";
import { systemContext } from "../../src/request-context.ts";
import { changePassword, PASSWORD } from "../support/email-password.ts";
import {
  type Answer,
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

interface Data {
  readonly user: { readonly id: string };
}

const newEmail = (): string => `${randomUUID()}@example.com`;

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;

  beforeAll(async () => {
    gateway = await startGateway({
      url: (await createDatabase(name)).url,
      settings: { INITIAL_PROVIDERS: "anon-user,local-userpass,api-key" },
    });
  });
  afterAll(() => gateway.stop());

  /** Types and data of the events that the work leaves, oldest first. */
  const eventsOf = async (work: () => Promise<unknown>): Promise<{ type: string; data: Data }[]> => {
    const before = new Set((await stored()).map(({ id }) => id));
    await work();
    return (await stored())
      .filter(({ id }) => !before.has(id))
      .map(({ type, data }) => ({ type, data: data as unknown as Data }));
  };
  const stored = (): Promise<Event[]> => gateway.app.database.reads.find(Event, { order: { id: "ASC" } });
  const typesOf = async (work: () => Promise<unknown>): Promise<string[]> =>
    (await eventsOf(work)).map(({ type }) => type);

  const permanent = async (): Promise<Login & { email: string }> => {
    const guest = await loginAnonymously(gateway);
    const email = newEmail();
    const { data } = await linkEmail(gateway, guest.accessToken, email, PASSWORD);
    return { ...guest, ...data.linkIdentity, email };
  };
  const asUser = (token: string, mutation: string): Promise<Answer> =>
    gateway.graph(`mutation { ${mutation} }`, { token });
  const asOperator = (mutation: string): Promise<Answer> => gateway.admin(`mutation { ${mutation} }`);

  it("stores no user.created while no endpoint subscribes to it", async () => {
    expect(await typesOf(() => loginAnonymously(gateway))).toEqual([]);
  });

  it("tells of a link, and of the sessions that the promotion ended", async () => {
    const key = randomUUID();
    const enter = `mutation { loginAnonymous(idempotencyKey: "${key}") { user { id } session { id } accessToken } }`;
    const [one, other] = [await gateway.graph(enter), await gateway.graph(enter)];
    const { user, accessToken } = one.data.loginAnonymous;
    const events = await eventsOf(() => linkEmail(gateway, accessToken, newEmail(), PASSWORD));
    expect(events).toEqual([
      {
        type: "session.ended",
        data: {
          user: { id: user.id },
          session: { id: other.data.loginAnonymous.session.id },
          reason: "PROMOTED",
        },
      },
      {
        type: "user.linked",
        data: {
          user: { id: user.id, isAnonymous: false, createdAt: expect.any(String) },
          identity: { id: expect.any(String), provider: "local-userpass" },
          promoted: true,
        },
      },
    ]);
  });

  it("tells of a merge under the survivor, with the former id, and of no deletion", async () => {
    const owner = await permanent();
    const guest = await loginAnonymously(gateway);
    const { data } = await linkEmail(gateway, guest.accessToken, owner.email, PASSWORD);
    const [event, ...more] = await eventsOf(() =>
      mergeUser(gateway, guest.accessToken, data.linkIdentity.mergeTicket),
    );
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      type: "user.merged",
      data: { user: { id: owner.id, isAnonymous: false }, formerId: guest.id, provider: "local-userpass" },
    });
  });

  it("names every id that ever found a deleted user", async () => {
    const owner = await permanent();
    const guest = await loginAnonymously(gateway);
    const { data } = await linkEmail(gateway, guest.accessToken, owner.email, PASSWORD);
    const merged = await mergeUser(gateway, guest.accessToken, data.linkIdentity.mergeTicket);
    const events = await eventsOf(() => asUser(merged.data.mergeUser.accessToken, "deleteMe { erasureId }"));
    expect(events).toEqual([
      { type: "user.deleted", data: { user: { id: owner.id, ids: [owner.id, guest.id] } } },
    ]);
  });

  it("tells of an operator's deletion", async () => {
    const { id } = await loginAnonymously(gateway);
    expect(await typesOf(() => asOperator(`deleteUser(id: "${id}")`))).toEqual(["user.deleted"]);
  });

  it("tells of disabling and enabling once, however often it is done", async () => {
    const { id } = await loginAnonymously(gateway);
    const types = await typesOf(async () => {
      await asOperator(`disableUser(id: "${id}") { id }`);
      await asOperator(`disableUser(id: "${id}") { id }`);
      await asOperator(`enableUser(id: "${id}") { id }`);
      await asOperator(`enableUser(id: "${id}") { id }`);
    });
    expect(types).toEqual(["user.disabled", "user.enabled"]);
  });

  it("tells of an unlinked API key, and of the session that ended with it", async () => {
    const owner = await permanent();
    const made = await asUser(owner.accessToken, 'createApiKey(name: "robot") { secret apiKey { id } }');
    const { secret, apiKey } = made.data.createApiKey;
    await gateway.graph("mutation ($c: Credentials!) { login(credentials: $c) { accessToken } }", {
      variables: { c: { apiKey: { key: secret } } },
    });
    const types = await typesOf(() => asUser(owner.accessToken, `deleteApiKey(id: "${apiKey.id}") { id }`));
    expect(types).toEqual(["session.ended", "user.unlinked"]);
  });

  it.each([
    ["a logout", "LOGOUT", (user: Login) => asUser(user.accessToken, "logout { sessionsEnded }")],
    ["an operator", "REVOKED", ({ id }: Login) => asOperator(`revokeSessions(userId: "${id}")`)],
  ])("says that %s ended a session", async (_, reason, end) => {
    const user = await permanent();
    const events = await eventsOf(() => end(user));
    expect(events).toEqual([
      { type: "session.ended", data: { user: { id: user.id }, session: { id: expect.any(String) }, reason } },
    ]);
  });

  it("says that a stolen refresh token ended a session, once", async () => {
    const user = await permanent();
    const second = (await refresh(gateway, user.refreshToken)).data.refreshSession;
    const third = (await refresh(gateway, second.refreshToken)).data.refreshSession;
    await refresh(gateway, third.refreshToken);
    const events = await eventsOf(async () => {
      await refresh(gateway, user.refreshToken);
      await refresh(gateway, user.refreshToken);
    });
    expect(events).toMatchObject([{ type: "session.ended", data: { reason: "REUSED" } }]);
  });

  it("says that a new password ended the other sessions", async () => {
    const user = await permanent();
    await login(gateway, user.email, PASSWORD);
    const events = await eventsOf(() =>
      changePassword(gateway, { token: user.accessToken }, PASSWORD, "another horse"),
    );
    expect(events).toMatchObject([{ type: "session.ended", data: { reason: "PASSWORD_CHANGED" } }]);
  });

  it("announces an expiry once, a week before, and then tells of it", async () => {
    const guest = await loginAnonymously(gateway);
    const run = () => runExpiry(gateway.app.services, systemContext, { dryRun: false });
    const about = (events: { type: string; data: Data }[]) =>
      events.filter(({ data }) => data.user.id === guest.id).map(({ type }) => type);
    gateway.clock.advance({ days: 82 });
    expect(about(await eventsOf(run))).toEqual([]);
    gateway.clock.advance({ days: 2 });
    expect(about(await eventsOf(run))).toEqual(["user.expiring"]);
    expect(about(await eventsOf(run))).toEqual([]);
    gateway.clock.advance({ days: 7 });
    expect(about(await eventsOf(run))).toEqual(["user.expired"]);
  });

  it.each([
    [
      "a link with a wrong password",
      (guest: Login, email: string) => linkEmail(gateway, guest.accessToken, email, "wrong"),
    ],
    [
      "an unlink that would leave no sign-in method",
      (guest: Login) => asUser(guest.accessToken, 'unlinkIdentity(identityId: "x") { id }'),
    ],
    [
      "a logout that came too late",
      async (guest: Login) => {
        await gateway.app.database.writes.transaction((manager) =>
          manager.query(`UPDATE sessions SET ended_at = 1 WHERE user_id = '${guest.id}'`),
        );
        return asUser(guest.accessToken, "logout { sessionsEnded }");
      },
    ],
  ])("leaves nothing of %s but the audit event of the failure", async (_, attempt) => {
    const [{ email }, guest] = [await permanent(), await loginAnonymously(gateway)];
    const done = () => countRows(gateway, "audit_events", "code IS NULL");
    const before = await done();
    expect(await typesOf(async () => expect((await attempt(guest, email)).errors).toHaveLength(1))).toEqual(
      [],
    );
    expect(await done()).toBe(before);
  });
});
