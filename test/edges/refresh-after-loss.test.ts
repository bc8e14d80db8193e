/** Refresh tokens after a loss: of an answer, or of commits, when a database is restored or fails over. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  codeOf,
  createDatabase,
  databases,
  type Gateway,
  linkEmail,
  login,
  loginAnonymously,
  me,
  refresh,
  startGateway,
} from "../support/gateway.ts";

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let emails = 0;

  beforeAll(async () => {
    database = await createDatabase(name);
    gateway = await startGateway({ url: database.url });
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });

  const next = async (refreshToken: string): Promise<{ accessToken: string; refreshToken: string }> => {
    const { data, errors } = await refresh(gateway, refreshToken);
    expect(errors).toBeUndefined();
    return data.refreshSession;
  };
  const rotate = async (refreshToken: string, times: number): Promise<string[]> => {
    const tokens = [refreshToken];
    for (let turn = 0; turn < times; turn++) tokens.push((await next(String(tokens.at(-1)))).refreshToken);
    return tokens;
  };
  /** As a backup of that moment would have the rows of sessions. */
  const backUp = async (): Promise<() => Promise<void>> => {
    const rows: Record<string, unknown>[] = await gateway.app.database.reads.query(
      "SELECT id, refresh_generation, rotated_at, ended_at FROM sessions",
    );
    return async () => {
      await gateway.app.database.writes.transaction(async (manager) => {
        for (const { id, refresh_generation, rotated_at, ended_at } of rows) {
          await manager.query(
            `UPDATE sessions SET refresh_generation = ${refresh_generation}, rotated_at = ${rotated_at}, ended_at = ${ended_at}
             WHERE id = '${id}'`,
          );
        }
      });
    };
  };

  describe("a database that was restored", () => {
    it("lets each of twenty guests continue who refreshed since", async () => {
      const guests = [];
      for (let index = 0; index < 20; index++) guests.push(await loginAnonymously(gateway));
      const restore = await backUp();
      const newest = [];
      for (const [index, guest] of guests.entries()) {
        gateway.clock.advance({ seconds: 1 });
        newest.push((await rotate(guest.refreshToken, 1 + (index % 4))).at(-1));
      }
      await restore();
      gateway.clock.advance({ minutes: 20 });
      for (const [index, token] of newest.entries()) {
        const { accessToken, refreshToken } = await next(String(token));
        expect((await me(gateway, accessToken)).data.me.id).toBe(guests[index]?.id);
        expect(await next(refreshToken)).toBeDefined();
      }
    });
    it("continues from the presented token, so older ones, also stolen ones, end the session", async () => {
      const guest = await loginAnonymously(gateway);
      const restore = await backUp();
      const tokens = await rotate(guest.refreshToken, 4);
      await restore();
      const [stolen, newest] = [String(tokens[2]), String(tokens[4])];
      const after = await next(newest);
      expect(tokens).not.toContain(after.refreshToken);
      expect(codeOf(await refresh(gateway, stolen))).toBe("SESSION_REVOKED");
      expect(codeOf(await refresh(gateway, after.refreshToken))).toBe("SESSION_REVOKED");
    });
    it("gives twins that come back at the same time the same successor", async () => {
      const guest = await loginAnonymously(gateway);
      const restore = await backUp();
      const newest = String((await rotate(guest.refreshToken, 3)).at(-1));
      await restore();
      const answers = await Promise.all(Array.from({ length: 6 }, () => refresh(gateway, newest)));
      expect(answers.map(codeOf)).toEqual(Array(6).fill(undefined));
      expect(new Set(answers.map(({ data }) => data.refreshSession.refreshToken)).size).toBe(1);
    });
    it("takes no token that was never made", async () => {
      const guest = await loginAnonymously(gateway);
      const bytes = Buffer.from(guest.refreshToken.slice(4), "base64url");
      bytes.writeUInt32BE(7, 16);
      const forged = `pbr_${bytes.toString("base64url")}`;
      expect(codeOf(await refresh(gateway, forged))).toBe("UNAUTHENTICATED");
      expect(codeOf(await refresh(gateway, guest.refreshToken))).toBeUndefined();
    });
    it("without the session's row is UNAUTHENTICATED: its user is unknown", async () => {
      const guest = await loginAnonymously(gateway);
      const newest = String((await rotate(guest.refreshToken, 2)).at(-1));
      await gateway.app.database.writes.transaction((manager) =>
        manager.query(`DELETE FROM users WHERE id = '${guest.id}'`),
      );
      expect(codeOf(await refresh(gateway, newest))).toBe("UNAUTHENTICATED");
    });
  });

  describe("an answer that was lost", () => {
    it.each([11, 3_600, 30 * 86_400])("is given to a guest who asks again after %i s", async (seconds) => {
      const guest = await loginAnonymously(gateway);
      const lost = await next(guest.refreshToken);
      gateway.clock.advance({ seconds });
      const [again, twice] = [await next(guest.refreshToken), await next(guest.refreshToken)];
      expect([again.refreshToken, twice.refreshToken]).toEqual([lost.refreshToken, lost.refreshToken]);
      expect((await me(gateway, again.accessToken)).data.me.id).toBe(guest.id);
      expect(await next(again.refreshToken)).toBeDefined();
    });
    it("is not given once the newest was used: the guest's session ends", async () => {
      const guest = await loginAnonymously(gateway);
      const tokens = await rotate(guest.refreshToken, 2);
      expect(codeOf(await refresh(gateway, guest.refreshToken))).toBe("SESSION_REVOKED");
      expect(codeOf(await refresh(gateway, String(tokens.at(-1))))).toBe("SESSION_REVOKED");
    });
    it("is given to a permanent user within ten seconds only", async () => {
      const email = `loser${++emails}@example.com`;
      const guest = await loginAnonymously(gateway);
      await linkEmail(gateway, guest.accessToken, email);
      const session = (await login(gateway, email, "correct horse")).data.login;
      const lost = await next(session.refreshToken);
      gateway.clock.advance({ seconds: 10 });
      expect((await next(session.refreshToken)).refreshToken).toBe(lost.refreshToken);
      gateway.clock.advance({ seconds: 1 });
      expect(codeOf(await refresh(gateway, session.refreshToken))).toBe("SESSION_REVOKED");
    });
    it("from before a promotion is worth nothing after the grace", async () => {
      const guest = await loginAnonymously(gateway);
      const newest = await next(guest.refreshToken);
      await linkEmail(gateway, newest.accessToken, `loser${++emails}@example.com`);
      gateway.clock.advance({ seconds: 11 });
      expect(codeOf(await refresh(gateway, newest.refreshToken))).toBe("SESSION_REVOKED");
    });
  });
});
