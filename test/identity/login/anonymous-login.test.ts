/** Repeated anonymous logins, over HTTP, on both databases. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  type Answer,
  codeOf,
  countRows,
  createDatabase,
  databases,
  type Gateway,
  linkEmail,
  loginAnonymously,
  me,
  startGateway,
} from "../../support/gateway.ts";

describe.each(databases)("with an idempotency key on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;

  beforeAll(async () => {
    database = await createDatabase(name);
    gateway = await startGateway({ url: database.url });
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });

  const loginWith = (key: string | null, token?: string): Promise<Answer> =>
    gateway.graph(
      "mutation ($k: String) { loginAnonymous(idempotencyKey: $k) { user { id } session { id } accessToken refreshToken } }",
      { variables: { k: key }, token },
    );
  const idOf = ({ data }: Answer): string => data.loginAnonymous.user.id;

  it("a double click, a retry and ten tabs are one user, and every answer holds working tokens", async () => {
    const [key, before] = [randomUUID(), await countRows(gateway, "users")];
    const answers = await Promise.all(Array.from({ length: 10 }, () => loginWith(key)));
    answers.push(await loginWith(key));
    expect(new Set(answers.map(idOf)).size).toBe(1);
    expect(await countRows(gateway, "users")).toBe(before + 1);
    expect(new Set(answers.map(({ data }) => data.loginAnonymous.session.id)).size).toBe(11);
    for (const answer of answers) {
      expect((await me(gateway, answer.data.loginAnonymous.accessToken)).data.me.id).toBe(idOf(answer));
    }
    expect(await countRows(gateway, "identities", `user_id = '${idOf(answers[0] as Answer)}'`)).toBe(1);
  });
  it("another key is another user", async () => {
    expect(idOf(await loginWith(randomUUID()))).not.toBe(idOf(await loginWith(randomUUID())));
  });
  it("the same key is a new user from the sixtieth second on", async () => {
    const key = randomUUID();
    const first = idOf(await loginWith(key));
    gateway.clock.advance({ seconds: 59 });
    expect(idOf(await loginWith(key))).toBe(first);
    gateway.clock.advance({ seconds: 1 });
    expect(idOf(await loginWith(key))).not.toBe(first);
  });
  it("never opens a user that has linked, logged out or was disabled since", async () => {
    const changes: ((login: { accessToken: string; id: string }) => Promise<Answer>)[] = [
      ({ accessToken }) => linkEmail(gateway, accessToken, `${randomUUID()}@example.com`),
      ({ accessToken }) => gateway.graph("mutation { logout { sessionsEnded } }", { token: accessToken }),
      ({ id }) => gateway.admin("mutation ($id: ID!) { disableUser(id: $id) { id } }", { variables: { id } }),
      ({ accessToken }) => gateway.graph("mutation { deleteMe { deletedUserId } }", { token: accessToken }),
    ];
    for (const change of changes) {
      const key = randomUUID();
      const first = await loginWith(key);
      const { accessToken } = first.data.loginAnonymous;
      expect(codeOf(await change({ accessToken, id: idOf(first) }))).toBeUndefined();
      expect(idOf(await loginWith(key))).not.toBe(idOf(first));
    }
  });
  it.each(["", "short", "fifteen-letters", "x".repeat(257), "x".repeat(100_000)])(
    "the key %.16j is rejected, and no user made",
    async (key) => {
      const before = await countRows(gateway, "users");
      expect(codeOf(await loginWith(key))).toBe("BAD_USER_INPUT");
      expect(await countRows(gateway, "users")).toBe(before);
    },
  );
  it("null is not a key", async () => {
    expect(idOf(await loginWith(null))).not.toBe(idOf(await loginWith(null)));
  });
  it("the key is stored hashed", async () => {
    const key = randomUUID();
    await loginWith(key);
    const rows = await gateway.app.database.reads.query("SELECT * FROM anonymous_login_keys");
    expect(JSON.stringify(rows)).not.toContain(key);
  });
  it("sessions end one by one: the caller's, and no other user's", async () => {
    const key = randomUUID();
    const [one, two] = [await loginWith(key), await loginWith(key)];
    const [token, other] = [one.data.loginAnonymous.accessToken, two.data.loginAnonymous.accessToken];
    const end = (sessionId: string, by: string): Promise<Answer> =>
      gateway.graph("mutation ($s: ID!) { endSession(sessionId: $s) { sessionsEnded } }", {
        token: by,
        variables: { s: sessionId },
      });
    const stranger = await loginAnonymously(gateway);
    const wanted = two.data.loginAnonymous.session.id;
    expect(codeOf(await end(wanted, stranger.accessToken))).toBe("SESSION_NOT_FOUND");
    expect((await end(wanted, token)).data.endSession.sessionsEnded).toBe(1);
    expect(codeOf(await me(gateway, other))).toBe("UNAUTHENTICATED");
    expect(codeOf(await end(wanted, token))).toBe("SESSION_NOT_FOUND");
    expect((await me(gateway, token)).data.me.id).toBe(idOf(one));
  });
});
