/** What is done leaves an event that says who did it to whom, on every surface, and none that holds a secret. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { MAX_FAILURES } from "../../src/audit/audit.ts";
import { purgeAuditEvents } from "../../src/audit/purge-events.ts";
import { maintainSigningKeys } from "../../src/identity/tokens/key-rotation.ts";
import { operator, visitor } from "../support/contexts.ts";
import {
  ADMIN_KEY,
  countRows,
  createDatabase,
  databases,
  deployProvider,
  type Gateway,
  linkEmail,
  login,
  loginAnonymously,
  mergeUser,
  startGateway,
} from "../support/gateway.ts";

interface Event {
  id: string;
  action: string;
  outcome: string;
  code: string | null;
  actor: { kind: string; name: string | null; userId: string | null };
  userId: string | null;
  provider: string | null;
  target: string | null;
  ipAddress: string | null;
  userAgent: string | null;
  detail: Record<string, unknown> | null;
}

const EVENTS = `query ($first: Int, $after: String, $filter: AuditEventFilter) {
  auditEvents(first: $first, after: $after, filter: $filter) {
    pageInfo { hasNextPage endCursor }
    edges { cursor node { id at action outcome code actor { kind name userId } userId provider target ipAddress userAgent detail } } } }`;

describe.each(databases)("on %s", (name) => {
  let place: Awaited<ReturnType<typeof createDatabase>>;
  let gateway: Gateway;

  beforeAll(async () => {
    place = await createDatabase(name);
    gateway = await startGateway({ url: place.url });
  });
  afterAll(async () => {
    await gateway.stop();
    await place.drop();
  });

  const events = async (filter: object = {}, first = 100): Promise<Event[]> => {
    const { data, errors } = await gateway.admin(EVENTS, { variables: { filter, first } });
    expect(errors).toBeUndefined();
    return data.auditEvents.edges.map(({ node }: { node: Event }) => node);
  };
  const newest = async (filter: object = {}): Promise<Event | undefined> => (await events(filter, 1))[0];
  const register = (email: string, password = "correct horse") =>
    gateway.graph(
      `mutation ($e: String!, $p: String!) { registerEmailPassword(email: $e, password: $p) { email } }`,
      { variables: { e: email, p: password } },
    );

  it("says who linked, from where, and nothing of an anonymous login", async () => {
    const before = await countRows(gateway, "audit_events");
    const guest = await loginAnonymously(gateway);
    expect(await countRows(gateway, "audit_events")).toBe(before);
    await linkEmail(gateway, guest.accessToken, "linker@example.com");
    expect(await newest({ userId: guest.id })).toMatchObject({
      action: "IDENTITY_LINKED",
      outcome: "DONE",
      code: null,
      actor: { kind: "USER", name: null, userId: guest.id },
      userId: guest.id,
      provider: "local-userpass",
      ipAddress: "127.0.0.1",
      userAgent: expect.any(String),
      detail: { wasAnonymous: true },
    });
  });

  it("finds a user's events by every id that it had", async () => {
    const known = await loginAnonymously(gateway);
    await linkEmail(gateway, known.accessToken, "merged@example.com");
    const guest = await loginAnonymously(gateway);
    const { data } = await linkEmail(gateway, guest.accessToken, "merged@example.com");
    await mergeUser(gateway, guest.accessToken, data.linkIdentity.mergeTicket);
    const expected = ["USER_MERGED", "MERGE_OFFERED", "IDENTITY_LINKED"];
    for (const userId of [known.id, guest.id]) {
      const found = await events({ userId });
      expect(found.map(({ action }) => action)).toEqual(expected);
      expect(found[0]).toMatchObject({ userId: known.id, target: guest.id });
    }
    expect(await events({ userId: known.id, actions: ["USER_MERGED"] })).toHaveLength(1);
  });

  it("records a rejected login with its reason, and the user whose email it was", async () => {
    const owner = await loginAnonymously(gateway);
    await linkEmail(gateway, owner.accessToken, "victim@example.com");
    await login(gateway, "victim@example.com", "wrong password");
    expect(await newest({ userId: owner.id })).toMatchObject({
      action: "LOGGED_IN",
      outcome: "FAILED",
      code: "INVALID_CREDENTIALS",
      actor: { kind: "VISITOR", name: null, userId: null },
    });
    await login(gateway, "unknown@example.com", "wrong password");
    expect(await newest({ outcome: "FAILED" })).toMatchObject({ userId: null, code: "INVALID_CREDENTIALS" });
    await login(gateway, "victim@example.com", "correct horse");
    expect(await newest({ actions: ["LOGGED_IN"] })).toMatchObject({
      outcome: "DONE",
      actor: { kind: "USER", userId: owner.id },
    });
  });

  it("says which operator it was, by the name of the key", async () => {
    const created = await gateway.admin(
      `mutation { createAdminKey(name: "night shift") { adminKey { id } secret } }`,
    );
    const { adminKey, secret } = created.data.createAdminKey;
    const { id } = await loginAnonymously(gateway);
    await gateway.admin(`mutation { disableUser(id: "${id}") { id } }`, { token: secret });
    await gateway.admin(`mutation { deleteUser(id: "unknown") }`, { token: secret });
    await gateway.admin(`mutation { revokeAdminKey(id: "${adminKey.id}") }`);
    await gateway.admin("{ __typename }", { token: secret });
    const [rejected, revoked, deleted, disabled, made] = await events({}, 5);
    expect(rejected).toMatchObject({
      action: "ADMIN_KEY_REFUSED",
      code: "UNAUTHENTICATED",
      actor: { kind: "VISITOR" },
    });
    expect(revoked).toMatchObject({
      action: "ADMIN_KEY_REVOKED",
      target: adminKey.id,
      actor: { name: "ADMIN_KEY" },
    });
    expect(deleted).toMatchObject({ action: "USER_DELETED", code: "USER_NOT_FOUND", userId: "unknown" });
    expect(disabled).toMatchObject({
      action: "USER_DISABLED",
      userId: id,
      actor: { kind: "OPERATOR", name: "night shift" },
    });
    expect(made).toMatchObject({ action: "ADMIN_KEY_CREATED", target: adminKey.id, ipAddress: "127.0.0.1" });
    expect((await events({ actor: "night shift" })).map(({ action }) => action)).toEqual([
      "USER_DELETED",
      "USER_DISABLED",
    ]);
  });

  it("records drafts and deployments", async () => {
    await deployProvider(gateway, "anon-user", false);
    await gateway.admin("mutation { redeploy(version: 1) { version } }");
    const found = await events({ actions: ["DRAFT_SAVED", "DEPLOYED", "REDEPLOYED"] }, 3);
    expect(found.map(({ action, target }) => [action, target])).toEqual([
      ["REDEPLOYED", "3"],
      ["DEPLOYED", "2"],
      ["DRAFT_SAVED", null],
    ]);
    expect(found[1]?.detail).toEqual({ note: null, changes: ["anon-user: enabled"] });
  });

  it("records that a draft was put on top of what went live, and that nothing was left of it", async () => {
    const save = () => gateway.app.services.deployments.saveProviders(operator, drafted);
    const drafted = [{ name: "local-userpass", enabled: false }];
    await save();
    await gateway.admin("mutation { redeploy(version: 2) { version } }");
    await gateway.admin("mutation { rebaseDraft { baseVersion } }");
    expect(await newest()).toMatchObject({
      action: "DRAFT_SAVED",
      actor: { kind: "OPERATOR", name: "ADMIN_KEY" },
      detail: { changes: ["local-userpass: enabled"] },
    });
    await gateway.admin("mutation { deploy { version } }");
    await gateway.admin("mutation { redeploy(version: 3) { version } }");
    await save();
    await gateway.admin("mutation { redeploy(version: 5) { version } }");
    await gateway.admin("mutation { rebaseDraft { baseVersion } }");
    expect(await newest()).toMatchObject({ action: "DRAFT_DISCARDED", actor: { kind: "OPERATOR" } });
    expect((await gateway.admin("mutation { redeploy(version: 3) { version } }")).errors).toBeUndefined();
  });

  it("records a signing key when one is made, and not each time that the job runs", async () => {
    const ask = async (): Promise<number> => (await events({ actions: ["SIGNING_KEY_ROTATED"] })).length;
    await maintainSigningKeys(gateway.app.services.signingKeys, 90);
    expect(await ask()).toBe(0);
    await gateway.admin("mutation { rotateSigningKey { kid } }");
    await gateway.admin("mutation { rotateSigningKey { kid } }");
    expect(await ask()).toBe(1);
  });

  it("records a rejection whatever text was sent", async () => {
    const { id, accessToken } = await loginAnonymously(gateway);
    await gateway.graph("mutation ($id: ID!) { unlinkIdentity(identityId: $id) { id } }", {
      token: accessToken,
      variables: { id: "half a pair \ud83d" },
    });
    expect(await newest({ userId: id })).toMatchObject({ action: "IDENTITY_UNLINKED", outcome: "FAILED" });
  });

  it("notices a refresh token that is used after its time", async () => {
    const guest = await loginAnonymously(gateway);
    const refresh = (token: string) =>
      gateway.graph(`mutation { refreshSession(refreshToken: "${token}") { refreshToken } }`);
    // A guest's is good until its successor is used, for that answer may have been lost.
    const { data } = await refresh(guest.refreshToken);
    await refresh(data.refreshSession.refreshToken);
    await refresh(guest.refreshToken);
    expect(await newest({ userId: guest.id })).toMatchObject({
      action: "SESSION_REUSED",
      provider: "anon-user",
    });
  });

  it("turns pages without losing or repeating an event", async () => {
    const all = (await events()).map(({ id }) => id);
    const walked: string[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const { data } = await gateway.admin(EVENTS, { variables: { first: 3, after } });
      walked.push(...data.auditEvents.edges.map(({ node }: { node: Event }) => node.id));
      more = data.auditEvents.pageInfo.hasNextPage;
      after = data.auditEvents.pageInfo.endCursor;
    }
    expect(walked).toEqual(all);
    expect(walked).toEqual(walked.toSorted().reverse());
  });

  it("holds no secret, whatever was sent", async () => {
    await register("secretive@example.com", "hunter2-hunter2");
    await login(gateway, "secretive@example.com", "hunter2-hunter2");
    await login(gateway, "hunter2-hunter2", "hunter2-hunter2");
    const guest = await loginAnonymously(gateway);
    await gateway.graph("mutation { logout { sessionsEnded } }", { token: guest.accessToken });
    const rows = JSON.stringify(await gateway.app.database.reads.query("SELECT * FROM audit_events"));
    for (const secret of [
      "hunter2",
      guest.refreshToken,
      guest.accessToken,
      ADMIN_KEY,
      "@example.com",
      "pba_",
      "pbm_",
    ]) {
      expect(rows).not.toContain(secret);
    }
  });

  it("exports lines to operators, and to no other user", async () => {
    const get = (query: string, token?: string) =>
      fetch(`${gateway.url}/admin/audit.ndjson${query}`, {
        headers: token ? { authorization: `Bearer ${token}` } : {},
      });
    const answer = await get("?action=USER_MERGED,MERGE_OFFERED&outcome=DONE", ADMIN_KEY);
    expect(answer.headers.get("content-type")).toBe("application/x-ndjson; charset=utf-8");
    const lines = (await answer.text())
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Event);
    expect(lines.map(({ action }) => action)).toEqual(["USER_MERGED", "MERGE_OFFERED"]);
    expect((await (await get("", ADMIN_KEY)).text()).trimEnd().split("\n")).toHaveLength(
      await countRows(gateway, "audit_events"),
    );
    const { accessToken } = await loginAnonymously(gateway);
    expect((await get("")).status).toBe(401);
    expect((await get("", accessToken)).status).toBe(403);
    expect((await get("?when=now", ADMIN_KEY)).status).toBe(400);
    expect((await get("?from=yesterday", ADMIN_KEY)).status).toBe(400);
    expect((await get("?actor=%00", ADMIN_KEY)).status).toBe(400);
  });

  it("stores so many rejections a minute, and counts all", async () => {
    const before = await countRows(gateway, "audit_events");
    gateway.clock.advance({ minutes: 2 });
    const { audit } = gateway.app.services;
    const tries = Array.from({ length: MAX_FAILURES + 50 }, () =>
      audit.recordFailure(
        visitor,
        { action: "LOGGED_IN", provider: "local-userpass" },
        "INVALID_CREDENTIALS",
      ),
    );
    await Promise.all(tries);
    await audit.recordFailure(visitor, { action: "LOGGED_IN" }, "RATE_LIMITED");
    expect(await countRows(gateway, "audit_events")).toBe(before + MAX_FAILURES);
    const { data } = await gateway.admin(
      "{ statistics(days: 1) { failedLogins { byCode { code count } } } }",
    );
    const counts = data.statistics.failedLogins[0].byCode as { code: string; count: number }[];
    const of = (code: string) => counts.find((each) => each.code === code)?.count ?? 0;
    expect(of("INVALID_CREDENTIALS")).toBeGreaterThanOrEqual(MAX_FAILURES + 50);
    expect(of("RATE_LIMITED")).toBe(1);
  });

  it("deletes events when they have expired, and no earlier", async () => {
    const old = await countRows(gateway, "audit_events");
    gateway.clock.advance({ days: 10 });
    await gateway.admin("mutation { rotateSigningKey { kid } }");
    expect(await purgeAuditEvents(gateway.app.services, 11)).toBe(0);
    expect(await purgeAuditEvents(gateway.app.services, 9)).toBe(old);
    expect((await events()).map(({ action }) => action)).toEqual(["SIGNING_KEY_ROTATED"]);
  });
});
