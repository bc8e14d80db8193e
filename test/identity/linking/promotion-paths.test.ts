/** What is true after a guest became permanent, by whichever path, on both databases. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  codeOf,
  createDatabase,
  databases,
  type Gateway,
  type Login,
  loginAnonymously,
  me,
  refresh,
  startGateway,
} from "../../support/gateway.ts";
import { type MailServer, startMailServer } from "../../support/mail-server.ts";
import { realTimeClock } from "../../support/oauth.ts";
import { openStage, paths, type Stage } from "../../support/promotion-paths.ts";

const DAY_SECONDS = 86_400;

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let mailServer: MailServer;
  let stage: Stage;
  /** Guests of yesterday, with two sessions each: one for each path. */
  const guests: [Login, Login][] = [];

  beforeAll(async () => {
    [database, mailServer] = await Promise.all([createDatabase(name), startMailServer()]);
    // Yesterday; identity providers look at the real time.
    const clock = realTimeClock();
    clock.advance({ days: -1 });
    gateway = await startGateway({
      ...{ url: database.url, clock },
      settings: { ...mailServer.settings, WEBHOOK_PRIVATE_ADDRESSES: "on" },
    });
    stage = await openStage(gateway, mailServer);
    await gateway.admin("mutation ($u: String!) { createWebhookEndpoint(input: { url: $u }) { secret } }", {
      variables: { u: `http://127.0.0.1:${stage.endpoint.port}/` },
    });
    for (const _ of Object.keys(paths)) guests.push([await enter(randomUUID()), await enter(lastKey)]);
    clock.advance({ days: 1 });
  });
  afterAll(async () => {
    await gateway.stop();
    await Promise.all([stage.close(), mailServer.down(), database.drop()]);
  });

  let lastKey = "";
  /** The same key is the same guest, in another session. */
  async function enter(key: string): Promise<Login> {
    lastKey = key;
    const { data } = await gateway.graph(
      `mutation { loginAnonymous(idempotencyKey: "${key}") { user { id } accessToken refreshToken } }`,
    );
    const { user, ...tokens } = data.loginAnonymous;
    return { id: user.id, ...tokens };
  }
  const renew = async ({ id, refreshToken }: Login): Promise<Login> => {
    const { data } = await refresh(gateway, refreshToken);
    return { ...data.refreshSession, id };
  };
  const rows = (sql: string): Promise<Record<string, unknown>[]> =>
    gateway.app.database.reads.query(sql) as Promise<Record<string, unknown>[]>;
  /** Daily counts of guests by kind and day, and logins by provider. */
  const readCounts = async (): Promise<Map<string, number>> => {
    const counted = await rows(
      "SELECT day, kind, key, SUM(count) AS count FROM daily_counts GROUP BY day, kind, key",
    );
    return new Map(counted.map(({ day, kind, key, count }) => [`${day} ${kind} ${key}`, Number(count)]));
  };
  const auditOf = async (userId: string): Promise<Record<string, unknown>[]> => {
    const { data } = await gateway.admin(
      `query ($u: ID!) { auditEvents(filter: { userId: $u }) {
         edges { node { action outcome provider target detail } } } }`,
      { variables: { u: userId } },
    );
    return data.auditEvents.edges.map(({ node }: { node: object }) => node);
  };

  describe.each(Object.entries(paths))("by %s", (path, { provider, promote }) => {
    let [guest, other, bystander]: Login[] = [];
    let outcome: Awaited<ReturnType<typeof promote>>;
    let before: Map<string, number>;
    let after: Map<string, number>;
    let today: number;

    beforeAll(async () => {
      const index = Object.keys(paths).indexOf(path);
      [guest, other] = await Promise.all((guests[index] as [Login, Login]).map(renew));
      bystander = await loginAnonymously(gateway);
      before = await readCounts();
      today = Math.floor(+gateway.clock.now() / 1_000 / DAY_SECONDS);
      outcome = await promote(stage, guest as Login);
      after = await readCounts();
    });
    const grown = (key: string): number => (after.get(key) ?? 0) - (before.get(key) ?? 0);
    const isMerge = (): boolean => outcome.survivorId !== null;

    it("is permanent, with the guest's id or, merged, as the survivor, and does not expire", async () => {
      const { data } = await gateway.graph(
        "{ me { id formerIds isAnonymous expiresAt identities { provider canSignIn } } }",
        { token: outcome.accessToken },
      );
      expect(data.me).toMatchObject({
        id: outcome.survivorId ?? guest?.id,
        formerIds: isMerge() ? [guest?.id] : [],
        ...{ isAnonymous: false, expiresAt: null },
      });
      expect(data.me.identities).toContainEqual({ provider, canSignIn: true });
      const stored = await rows(`SELECT is_anonymous FROM users WHERE id = '${guest?.id}'`);
      expect(stored.map((row) => Boolean(row.is_anonymous))).toEqual(isMerge() ? [] : [false]);
    });

    it("ends the guest's other sessions, and no session of anyone else", async () => {
      expect(codeOf(await me(gateway, other?.accessToken))).toBe("UNAUTHENTICATED");
      expect(codeOf(await refresh(gateway, String(other?.refreshToken)))).toBe("SESSION_REVOKED");
      expect(codeOf(await me(gateway, bystander?.accessToken))).toBeUndefined();
      const [{ count } = {}] = await rows(
        `SELECT count(*) AS count FROM sessions WHERE id IN (${[guest, other].map((each) => `'${sessionOf(each)}'`)}) AND ended_at IS NOT NULL`,
      );
      expect(Number(count)).toBe(isMerge() ? 2 : 1);
    });

    it("records one audit event, and how many sessions ended", async () => {
      const events = await auditOf(String(outcome.survivorId ?? guest?.id));
      const actions = ["IDENTITY_LINKED", "USER_MERGED", "MERGE_OFFERED"];
      const ofGuest = events.filter(
        ({ action, target }) => actions.includes(String(action)) && (!isMerge() || target === guest?.id),
      );
      const shared = { outcome: "DONE", provider };
      expect(ofGuest).toEqual([
        isMerge()
          ? expect.objectContaining({ ...shared, action: "USER_MERGED", target: guest?.id })
          : {
              ...shared,
              action: "IDENTITY_LINKED",
              target: null,
              detail: { wasAnonymous: true, sessionsEnded: 1 },
            },
      ]);
      const offers = (await auditOf(String(guest?.id))).filter(({ action }) => action === "MERGE_OFFERED");
      expect(offers).toHaveLength(isMerge() ? 1 : 0);
    });

    it("publishes one domain event, and one for each session that ended", async () => {
      const ids = `'${guest?.id}'`;
      const published = await rows(
        `SELECT type, user_id, former_user_id, data FROM events WHERE (user_id = ${ids} OR former_user_id = ${ids})
           AND type IN ('user.linked', 'user.merged', 'user.deleted', 'user.expired', 'session.ended') ORDER BY type`,
      );
      const read = published.map(({ type, data, ...row }) => ({
        type,
        userId: row.user_id,
        data: typeof data === "string" ? JSON.parse(data) : data,
      }));
      const ended = read.filter(({ type }) => type === "session.ended");
      expect(ended.map(({ data }) => data.reason)).toEqual(Array(isMerge() ? 2 : 1).fill("PROMOTED"));
      const [event, ...more] = read.filter(({ type }) => type !== "session.ended");
      expect(more).toEqual([]);
      expect(event).toMatchObject(
        isMerge()
          ? { type: "user.merged", userId: outcome.survivorId, data: { formerId: guest?.id, provider } }
          : { type: "user.linked", userId: guest?.id, data: { promoted: true, identity: { provider } } },
      );
    });

    it("counts the guest once, by the day of its arrival", () => {
      const [kind, not] = isMerge() ? ["merged", "linked"] : ["linked", "merged"];
      expect([grown(`${today - 1} ${kind} `), grown(`${today - 1} ${not} `)]).toEqual([1, 0]);
      expect(grown(`${today - 1} left `)).toBe(0);
      // A link starts no session; a merge is a login of the survivor.
      expect(grown(`${today} login ${provider}`)).toBe(isMerge() ? 1 : 0);
    });

    it("replaces the refresh token: the old one gives the same successor for ten seconds, and nothing after a merge", async () => {
      const old = String(guest?.refreshToken);
      expect(outcome.refreshToken).not.toBe(old);
      const again = await refresh(gateway, old);
      if (isMerge()) expect(codeOf(again)).toBe("SESSION_REVOKED");
      else expect(again.data.refreshSession.refreshToken).toBe(outcome.refreshToken);
      const next = await refresh(gateway, outcome.refreshToken);
      expect(codeOf(next)).toBeUndefined();
      gateway.clock.advance({ seconds: 11 });
      expect(codeOf(await refresh(gateway, old))).toBe("SESSION_REVOKED");
      // Reuse ends the session that was linked; that of a merge is another one.
      const { refreshToken } = next.data.refreshSession;
      expect(codeOf(await refresh(gateway, refreshToken))).toBe(isMerge() ? undefined : "SESSION_REVOKED");
    });
  });
});

const sessionOf = (login: Login | undefined): unknown =>
  JSON.parse(Buffer.from(String(login?.accessToken).split(".")[1] ?? "", "base64url").toString()).sid;
