/** What a person gets of everything that the gateway holds about them, and what must not be in it. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { PASSWORD } from "../../support/email-password.ts";
import {
  codeOf,
  createDatabase,
  databases,
  type Gateway,
  linkEmail,
  loginAnonymously,
  mergeUser,
  startGateway,
} from "../../support/gateway.ts";

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;

  beforeAll(async () => {
    gateway = await startGateway({
      url: (await createDatabase(name)).url,
      settings: { INITIAL_PROVIDERS: "anon-user,local-userpass,api-key" },
    });
  });
  afterAll(() => gateway.stop());

  const exported = async (token: string) =>
    (await gateway.graph("{ exportMe }", { token })).data.exportMe as Record<string, unknown[]> & {
      user: Record<string, unknown>;
    };

  it("has user, identities, keys, sessions, events and audit events, those of merged ids too", async () => {
    const email = `${randomUUID()}@Example.com`;
    const owner = await loginAnonymously(gateway);
    await linkEmail(gateway, owner.accessToken, email, PASSWORD);
    await gateway.graph('mutation { createApiKey(name: "robot") { secret } }', { token: owner.accessToken });
    const guest = await loginAnonymously(gateway);
    const conflict = await linkEmail(gateway, guest.accessToken, email, PASSWORD);
    const merged = await mergeUser(gateway, guest.accessToken, conflict.data.linkIdentity.mergeTicket);
    const data = await exported(merged.data.mergeUser.accessToken);
    expect(data).toMatchObject({
      user: { id: owner.id, isAnonymous: false, createdAt: expect.stringMatching(/^\d{4}-.*Z$/) },
      formerIds: [{ id: guest.id }],
      apiKeys: [{ name: "robot" }],
      truncated: [],
    });
    expect(data.identities).toContainEqual(
      expect.objectContaining({ provider: "local-userpass", email: email.toLowerCase(), typedEmail: email }),
    );
    expect(data.sessions).toHaveLength(3);
    expect(data.events).toContainEqual(expect.objectContaining({ type: "user.merged" }));
    expect(data.auditEvents).toContainEqual(expect.objectContaining({ action: "IDENTITY_LINKED" }));
  });

  it("has no secret, no hash and nothing of another user", async () => {
    const [email, stranger] = [`${randomUUID()}@example.com`, await loginAnonymously(gateway)];
    const guest = await loginAnonymously(gateway);
    const { data } = await linkEmail(gateway, guest.accessToken, email, PASSWORD);
    const { accessToken } = data.linkIdentity;
    const made = await gateway.graph('mutation { createApiKey(name: "robot") { secret } }', {
      token: accessToken,
    });
    const text = JSON.stringify(await exported(accessToken));
    const [row] = await gateway.app.database.reads.query(
      `SELECT password_hash FROM password_credentials WHERE email = '${email}'`,
    );
    for (const secret of [
      row.password_hash,
      made.data.createApiKey.secret,
      stranger.id,
      "hash",
      accessToken,
    ]) {
      expect(text).not.toContain(secret);
    }
  });

  it("needs a recent login, except of a guest, and nothing of it comes without a token", async () => {
    const guest = await loginAnonymously(gateway);
    const { data } = await linkEmail(gateway, guest.accessToken, `${randomUUID()}@example.com`, PASSWORD);
    const other = await loginAnonymously(gateway);
    gateway.clock.advance({ minutes: 16 });
    expect(codeOf(await gateway.graph("{ exportMe }", { token: data.linkIdentity.accessToken }))).toBe(
      "REAUTHENTICATION_REQUIRED",
    );
    expect((await exported(other.accessToken)).user.id).toBe(other.id);
    expect(codeOf(await gateway.graph("{ exportMe }"))).toBe("UNAUTHENTICATED");
  });
});
