/** Promotion ends earlier sessions: races, conflicts and the Realm protocol. By path: test/identity/linking/promotion-paths.test.ts. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { confirmEmail, PASSWORD } from "../support/email-password.ts";
import {
  codeOf,
  createDatabase,
  databases,
  type Gateway,
  type Login,
  linkEmail,
  login,
  loginAnonymously,
  me,
  mergeUser,
  refresh,
  startGateway,
} from "../support/gateway.ts";
import { deployIssuer, type Issuer } from "../support/issuer.ts";
import {
  deployEmailPassword,
  type MailServer,
  pages,
  startMailServer,
  tokenOf,
} from "../support/mail-server.ts";
import { APP, AUTH, send } from "../support/realm.ts";

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let mailServer: MailServer;
  let issuer: Issuer;
  let emails = 0;
  const newEmail = (): string => `guest${++emails}@example.com`;

  beforeAll(async () => {
    [database, mailServer] = await Promise.all([createDatabase(name), startMailServer()]);
    gateway = await startGateway({ url: database.url, settings: mailServer.settings });
    issuer = await deployIssuer(gateway);
  });
  afterAll(async () => {
    await gateway.stop();
    await Promise.all([database.drop(), mailServer.down()]);
  });

  const PAIR = "user { id isAnonymous } session { id } accessToken refreshToken";
  /** Two sessions of one guest, as an idempotency key makes them. */
  const twoSessions = async (): Promise<[Login, Login]> => {
    const mutation = `mutation { loginAnonymous(idempotencyKey: "${randomUUID()}") { ${PAIR} } }`;
    const answers = [await gateway.graph(mutation), await gateway.graph(mutation)];
    return answers.map(({ data: { loginAnonymous: each } }) => ({ ...each, id: each.user.id })) as [
      Login,
      Login,
    ];
  };
  const expectOver = async ({ accessToken, refreshToken }: Login): Promise<void> => {
    expect(codeOf(await me(gateway, accessToken))).toBe("UNAUTHENTICATED");
    expect(codeOf(await refresh(gateway, refreshToken))).toBe("SESSION_REVOKED");
  };

  it("a link that is sent again changes nothing more: a double click gives the same refresh token", async () => {
    const guest = await loginAnonymously(gateway);
    const email = newEmail();
    const answers = await Promise.all([1, 2, 3].map(() => linkEmail(gateway, guest.accessToken, email)));
    const tokens = answers.map(({ data }) => data.linkIdentity.refreshToken);
    expect(new Set(tokens).size).toBe(1);
    expect(codeOf(await refresh(gateway, tokens[0]))).toBeUndefined();
  });

  it("a second identity of a permanent user ends nothing and rotates nothing", async () => {
    const email = newEmail();
    const guest = await loginAnonymously(gateway);
    await linkEmail(gateway, guest.accessToken, email);
    const [one, other] = [
      (await login(gateway, email, PASSWORD)).data.login,
      (await login(gateway, email, PASSWORD)).data.login,
    ];
    const linked = (await issuer.link(one.accessToken, randomUUID())).data.linkIdentity;
    expect(linked.refreshToken).toBe(one.refreshToken);
    expect((await me(gateway, other.accessToken)).data.me.id).toBe(guest.id);
  });
  it("a conflict ends nothing: the guest is still a guest", async () => {
    const [owner, [guest, sibling]] = [await loginAnonymously(gateway), await twoSessions()];
    const email = newEmail();
    await linkEmail(gateway, owner.accessToken, email);
    expect((await linkEmail(gateway, guest.accessToken, email)).data.linkIdentity.mergeTicket).toMatch(
      /^pbm_/,
    );
    expect(codeOf(await refresh(gateway, guest.refreshToken))).toBeUndefined();
    expect((await me(gateway, sibling.accessToken)).data.me.id).toBe(guest.id);
  });
  it("a wrong proof ends nothing", async () => {
    const [guest, sibling] = await twoSessions();
    expect(codeOf(await linkEmail(gateway, guest.accessToken, newEmail(), "short"))).toBe("WEAK_PASSWORD");
    expect((await me(gateway, sibling.accessToken)).data.me.id).toBe(guest.id);
  });
  it("a merge ends the guest's sessions, all of them, and none of the survivor's", async () => {
    const email = newEmail();
    const owner = await loginAnonymously(gateway);
    await linkEmail(gateway, owner.accessToken, email);
    const phone = (await login(gateway, email, PASSWORD)).data.login;
    const [guest, thief] = await twoSessions();
    const { mergeTicket } = (await linkEmail(gateway, guest.accessToken, email)).data.linkIdentity;
    const merged = (await mergeUser(gateway, guest.accessToken, mergeTicket)).data.mergeUser;
    await expectOver(guest);
    await expectOver(thief);
    expect((await me(gateway, phone.accessToken)).data.me.id).toBe(owner.id);
    expect((await me(gateway, merged.accessToken)).data.me.id).toBe(owner.id);
  });
  it("an idempotency key from before opens nothing of the user", async () => {
    const key = randomUUID();
    const enter = () => gateway.graph(`mutation { loginAnonymous(idempotencyKey: "${key}") { ${PAIR} } }`);
    const guest = (await enter()).data.loginAnonymous;
    await issuer.link(guest.accessToken, randomUUID());
    expect((await enter()).data.loginAnonymous.user.id).not.toBe(guest.user.id);
  });
  it("raced by refreshes of both sessions it leaves one line, and the other session over", async () => {
    for (let round = 0; round < 8; round++) {
      const [owner, thief] = await twoSessions();
      const [linked, stolen, own] = await Promise.all([
        issuer.link(owner.accessToken, randomUUID()),
        refresh(gateway, thief.refreshToken),
        refresh(gateway, owner.refreshToken),
      ]);
      expect(codeOf(linked)).toBeUndefined();
      if (stolen.data?.refreshSession) await expectOver({ ...stolen.data.refreshSession, id: owner.id });
      else expect(codeOf(stolen)).toBe("SESSION_REVOKED");
      expect(codeOf(own)).toBeUndefined();
      const [row] = await gateway.app.database.reads.query(
        `SELECT count(*) AS count FROM sessions WHERE user_id = '${owner.id}' AND ended_at IS NULL AND expires_at IS NOT NULL`,
      );
      expect(Number(row.count)).toBe(1);
      const { data } = await refresh(gateway, linked.data.linkIdentity.refreshToken);
      expect((await me(gateway, data.refreshSession.accessToken)).data.me.isAnonymous).toBe(false);
    }
  });

  describe("by the Realm protocol", () => {
    const enter = async () =>
      (await send(gateway, "POST", `${APP}/auth/providers/anon-user/login`, { body: {} })).json;
    const tokenStatus = async (token: string): Promise<number> =>
      (await send(gateway, "POST", `${AUTH}/session`, { token })).status;

    it("the session that links keeps its refresh token, and sessions of the graph end", async () => {
      const realm = await enter();
      // Another session of that guest, made behind its back.
      const other = await loginAnonymously(gateway);
      await gateway.app.database.writes.transaction((manager) =>
        manager.query(`UPDATE sessions SET user_id = '${realm.user_id}' WHERE user_id = '${other.id}'`),
      );
      const answer = await send(gateway, "POST", `${APP}/auth/providers/local-userpass/login?link=true`, {
        token: realm.access_token,
        body: { username: newEmail(), password: PASSWORD },
      });
      expect(answer.status).toBe(200);
      expect(await tokenStatus(realm.refresh_token)).toBe(201);
      await expectOver(other);
    });
    it("a session of that protocol ends when another one links", async () => {
      const [realm, owner] = [await enter(), await loginAnonymously(gateway)];
      await gateway.app.database.writes.transaction((manager) =>
        manager.query(`UPDATE sessions SET user_id = '${owner.id}' WHERE user_id = '${realm.user_id}'`),
      );
      expect(codeOf(await issuer.link(owner.accessToken, randomUUID()))).toBeUndefined();
      expect(await tokenStatus(realm.refresh_token)).toBe(401);
    });
  });

  describe("with confirmation by email", () => {
    beforeAll(() => deployEmailPassword(gateway, { confirmation: "email", ...pages }));
    afterAll(() => deployEmailPassword(gateway, { confirmation: "automatic" }));

    it("the guest is permanent once it is linked, so the others end then, and none at the confirmation", async () => {
      const [owner, thief] = await twoSessions();
      const email = newEmail();
      const linked = (await linkEmail(gateway, owner.accessToken, email)).data.linkIdentity;
      expect(linked.user.isAnonymous).toBe(false);
      await expectOver(thief);
      expect(codeOf(await confirmEmail(gateway, tokenOf(await mailServer.wait(email))))).toBeUndefined();
      expect((await me(gateway, linked.accessToken)).data.me.id).toBe(owner.id);
      expect(codeOf(await refresh(gateway, linked.refreshToken))).toBeUndefined();
    });
  });
});
