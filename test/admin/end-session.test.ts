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
  startGateway,
} from "../support/gateway.ts";

describe.each(databases)("endSession of the admin graph on %s", (database) => {
  let gateway: Gateway;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    const made = await createDatabase(database);
    drop = made.drop;
    gateway = await startGateway({ url: made.url });
  });
  afterAll(async () => {
    await gateway?.stop();
    await drop?.();
  });

  const endSession = (sessionId: string, token?: string) =>
    gateway.admin("mutation ($id: ID!) { endSession(sessionId: $id) }", {
      variables: { id: sessionId },
      ...(token && { token }),
    });
  const sessionsOf = async (id: string): Promise<string[]> => {
    const { data } = await gateway.admin("query ($id: ID!) { user(id: $id) { sessions { id } } }", {
      variables: { id },
    });
    return data.user.sessions.map((session: { id: string }) => session.id);
  };

  it("ends that session, at once, and no other of the user", async () => {
    const first = await loginAnonymously(gateway);
    await linkEmail(gateway, first.accessToken, "two@devices.example");
    const { data } = await login(gateway, "two@devices.example", "correct horse");
    const second = data.login.session.id;

    expect((await endSession(second)).data.endSession).toBe(true);

    expect(codeOf(await me(gateway, data.login.accessToken))).toBe("UNAUTHENTICATED");
    expect((await me(gateway, first.accessToken)).data.me.id).toBe(first.id);
    expect(await sessionsOf(first.id)).toHaveLength(1);
    const events = await gateway.admin(
      "query ($id: ID) { auditEvents(filter: { userId: $id, actions: [SESSIONS_REVOKED] }) { edges { node { target actor { name } } } } }",
      { variables: { id: first.id } },
    );
    expect(events.data.auditEvents.edges).toEqual([
      { node: { target: second, actor: { name: "ADMIN_KEY" } } },
    ]);
  });

  it("says when there is none, or it has ended", async () => {
    const { id } = await loginAnonymously(gateway);
    const [session = ""] = await sessionsOf(id);
    await endSession(session);
    expect((await endSession(session)).data.endSession).toBe(false);
    expect((await endSession("no-such-session")).data.endSession).toBe(false);
  });

  it("is for operators only", async () => {
    const { id, accessToken } = await loginAnonymously(gateway);
    const [session = ""] = await sessionsOf(id);
    expect(codeOf(await endSession(session, accessToken))).toBe("FORBIDDEN");
    expect(await sessionsOf(id)).toEqual([session]);
  });
});
