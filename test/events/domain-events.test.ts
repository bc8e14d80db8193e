/** What subscribers can read after each thing that happens, on both databases; and that a failure leaves nothing. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { JWTPayload } from "jose";
import { Webhook } from "standardwebhooks";
import { purgeEvents } from "../../src/events/purge-events.ts";
import { runExpiry } from "../../src/identity/users/expiry-run.ts";
import { systemContext } from "../../src/request-context.ts";
import { changePassword, PASSWORD } from "../support/email-password.ts";
import { answerJson, type Endpoint, startEndpoint } from "../support/endpoint.ts";
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
  TestClock,
} from "../support/gateway.ts";
import { deployIssuer, type Issuer } from "../support/issuer.ts";
import { eventually } from "../support/webhooks.ts";

interface Data {
  readonly user: { readonly id: string };
}
interface Pulled {
  readonly id: string;
  readonly type: string;
  readonly at: string;
  readonly data: Data;
}
interface Pushed {
  readonly type: string;
  readonly timestamp: string;
  readonly data: Data;
}

const newEmail = (): string => `${randomUUID()}@example.com`;

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let issuer: Issuer;
  let receiver: Endpoint;
  let verifier: Webhook;

  beforeAll(async () => {
    gateway = await startGateway({
      url: (await createDatabase(name)).url,
      // Signatures are verified by the system's clock.
      clock: new TestClock(new Date()),
      settings: {
        INITIAL_PROVIDERS: "anon-user,local-userpass,api-key",
        WEBHOOK_PRIVATE_ADDRESSES: "on",
      },
    });
    issuer = await deployIssuer(gateway);
    receiver = await startEndpoint(answerJson({}));
  });
  afterAll(async () => {
    await gateway.stop();
    await receiver.stop();
  });

  const subscribe = async (): Promise<void> => {
    const { data } = await gateway.admin(
      "mutation ($url: String!) { createWebhookEndpoint(input: { url: $url }) { secret } }",
      { variables: { url: `http://127.0.0.1:${receiver.port}/` } },
    );
    verifier = new Webhook(data.createWebhookEndpoint.secret);
  };

  /** What the work leaves: pulled with a cursor, and pushed to the endpoint with the same ids, times and data, verified. */
  const eventsOf = async (work: () => Promise<unknown>): Promise<Pick<Pulled, "type" | "data">[]> => {
    const { end } = await pull(null);
    await work();
    const { events } = await pull(end);
    await eventually(() => events.every(({ id }) => pushed(id)));
    for (const event of events) expect(pushed(event.id)).toEqual(event);
    return events.map(({ type, data }) => ({ type, data }));
  };
  const pushed = (id: string): Pulled | undefined => {
    const asked = receiver.asked.find(({ headers }) => headers["webhook-id"] === id);
    if (!asked) return;
    const { type, timestamp, data } = verifier.verify(
      asked.body,
      asked.headers as Record<string, string>,
    ) as Pushed;
    return { id, at: timestamp, type, data };
  };
  const pull = async (after: string | null): Promise<{ events: Pulled[]; end: string }> => {
    const events: Pulled[] = [];
    for (let end = after; ; ) {
      const { data } = await gateway.admin(
        "query ($a: String) { events(first: 100, after: $a) { edges { node { id type at data } } pageInfo { hasNextPage endCursor } } }",
        { variables: { a: end } },
      );
      events.push(...data.events.edges.map(({ node }: { node: Pulled }) => node));
      end = data.events.pageInfo.endCursor;
      if (!data.events.pageInfo.hasNextPage) return { events, end: String(end) };
    }
  };
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

  it("stores no user.created before anything subscribes to it, and then one for each user", async () => {
    await loginAnonymously(gateway);
    expect(await countRows(gateway, "events", "type = 'user.created'")).toBe(0);
    await subscribe();
    const ids: string[] = [];
    const events = await eventsOf(async () => {
      ids.push((await loginAnonymously(gateway)).id);
      ids.push((await issuer.login(randomUUID())).data.login.user.id);
    });
    expect(events).toMatchObject([
      { type: "user.created", data: { user: { id: ids[0], isAnonymous: true }, provider: "anon-user" } },
      { type: "user.created", data: { user: { id: ids[1], isAnonymous: false }, provider: "custom-token" } },
    ]);
  });

  it("tells of a changed profile and a changed email, and of nothing when both stay the same", async () => {
    const subject = randomUUID();
    const login = (claims: JWTPayload) => issuer.login(subject, claims);
    await login({ name: "Ada", email: "ada@example.com" });
    expect(await typesOf(() => login({ name: "Ada", email: "ada@example.com" }))).toEqual([]);
    expect(await eventsOf(() => login({ name: "Ada", email: "ada@example.org" }))).toMatchObject([
      { type: "user.updated", data: { changed: ["email"] } },
    ]);
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

  it("tells of a merge under the survivor, with the former id and the ended sessions of the guest, and of no deletion", async () => {
    const owner = await permanent();
    const guest = await loginAnonymously(gateway);
    const { data } = await linkEmail(gateway, guest.accessToken, owner.email, PASSWORD);
    const [ended, event, ...more] = await eventsOf(() =>
      mergeUser(gateway, guest.accessToken, data.linkIdentity.mergeTicket),
    );
    expect(more).toEqual([]);
    expect(ended).toMatchObject({
      type: "session.ended",
      data: { user: { id: guest.id }, reason: "PROMOTED" },
    });
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
    const about = (events: Pick<Pulled, "type" | "data">[]) =>
      events.filter(({ data }) => data.user.id === guest.id).map(({ type }) => type);
    // Signatures are verified by the system's clock, so the user ages and not the clock.
    const age = (days: number) =>
      gateway.app.database.writes.transaction((manager) =>
        manager.query(
          `UPDATE users SET created_at = ${+gateway.clock.now() - days * 86_400_000} WHERE id = '${guest.id}'`,
        ),
      );
    await age(82);
    expect(about(await eventsOf(run))).toEqual([]);
    await age(84);
    expect(about(await eventsOf(run))).toEqual(["user.expiring"]);
    gateway.clock.advance({ seconds: 1 });
    await purgeEvents(gateway.app.services, 0);
    expect(about(await eventsOf(run))).toEqual([]);
    await age(91);
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
