/** Merging with two proofs, over HTTP, on both databases. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  type Answer,
  codeOf,
  countRows,
  createDatabase,
  databases,
  deployProvider,
  type Gateway,
  type Login,
  linkEmail,
  login,
  loginAnonymously,
  me,
  mergeUser,
  refresh,
  startGateway,
} from "../../support/gateway.ts";

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let emails = 0;
  const newEmail = (): string => `merged${++emails}@example.com`;

  beforeAll(async () => {
    database = await createDatabase(name);
    gateway = await startGateway({ url: database.url });
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });

  /** A permanent user, a guest, and the ticket that the guest got for proving to be the permanent user. */
  async function offerMerge(): Promise<{ owner: Login; guest: Login; email: string; ticket: string }> {
    const [owner, guest, email] = [
      await loginAnonymously(gateway),
      await loginAnonymously(gateway),
      newEmail(),
    ];
    await linkEmail(gateway, owner.accessToken, email);
    const { data } = await linkEmail(gateway, guest.accessToken, email);
    return { owner, guest, email, ticket: data.linkIdentity.mergeTicket };
  }
  const findUser = (id: string): Promise<Answer> =>
    gateway.admin("query ($id: ID!) { user(id: $id) { id formerIds } }", { variables: { id } });
  const resolveEntity = async (id: string): Promise<unknown> =>
    (
      await gateway.graph(
        "query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { ids isAnonymous } } }",
        { variables: { r: [{ __typename: "User", id }] } },
      )
    ).data._entities[0];
  const setDisabled = (id: string, operation: "disableUser" | "enableUser"): Promise<Answer> =>
    gateway.admin(`mutation ($id: ID!) { ${operation}(id: $id) { disabled } }`, { variables: { id } });

  it("moves the guest's identities to the survivor, ends the guest's sessions and keeps the survivor's", async () => {
    const { owner, guest, ticket } = await offerMerge();
    const { data } = await mergeUser(gateway, guest.accessToken, ticket);
    const survivor = data.mergeUser;
    expect(survivor.user).toMatchObject({ id: owner.id, isAnonymous: false, formerIds: [guest.id] });
    const providers = survivor.user.identities.map(({ provider }: { provider: string }) => provider);
    expect(providers.sort()).toEqual(["anon-user", "anon-user", "local-userpass"]);
    expect((await me(gateway, survivor.accessToken)).data.me.id).toBe(owner.id);
    expect((await me(gateway, owner.accessToken)).data.me.id).toBe(owner.id);
    expect(codeOf(await me(gateway, guest.accessToken))).toBe("UNAUTHENTICATED");
    expect(codeOf(await refresh(gateway, guest.refreshToken))).toBe("SESSION_REVOKED");
    expect(codeOf(await refresh(gateway, survivor.refreshToken))).toBeUndefined();
    expect(await countRows(gateway, "users", `id = '${guest.id}'`)).toBe(0);
    expect(await countRows(gateway, "merge_tickets")).toBe(0);
  });

  it("resolves the former id to the survivor: for itself, for operators and for subgraphs", async () => {
    const { owner, guest, ticket } = await offerMerge();
    const { data } = await mergeUser(gateway, guest.accessToken, ticket);
    const asked = await gateway.graph("query ($id: ID!) { user(id: $id) { id } }", {
      token: data.mergeUser.accessToken,
      variables: { id: guest.id },
    });
    expect(asked.data.user.id).toBe(owner.id);
    expect((await findUser(guest.id)).data.user).toEqual({ id: owner.id, formerIds: [guest.id] });
    expect(await resolveEntity(guest.id)).toEqual({ ids: [owner.id, guest.id], isAnonymous: false });
    await setDisabled(owner.id, "disableUser");
    expect(await resolveEntity(guest.id)).toEqual({ ids: [owner.id, guest.id], isAnonymous: false });
  });

  it("resolves former ids to nothing once the survivor is deleted", async () => {
    const { owner, guest, ticket } = await offerMerge();
    await mergeUser(gateway, guest.accessToken, ticket);
    await gateway.admin("mutation ($id: ID!) { deleteUser(id: $id) }", { variables: { id: owner.id } });
    expect((await findUser(guest.id)).data.user).toBeNull();
    expect(await resolveEntity(guest.id)).toBeNull();
  });

  it("carries former ids along, so that a chain of merges resolves in one step", async () => {
    const { owner, guest, ticket, email } = await offerMerge();
    // A guest that others were merged into before, as an import may bring.
    await gateway.app.database.writes.transaction((manager) =>
      manager.query(
        `INSERT INTO former_user_ids (id, user_id, merged_at) VALUES ('older-${email}', '${guest.id}', 1)`,
      ),
    );
    await mergeUser(gateway, guest.accessToken, ticket);
    expect((await findUser(`older-${email}`)).data.user).toEqual({
      id: owner.id,
      formerIds: [`older-${email}`, guest.id],
    });
  });

  it("collects the guests of several visits in one user", async () => {
    const { owner, guest, email, ticket } = await offerMerge();
    await mergeUser(gateway, guest.accessToken, ticket);
    const later = await loginAnonymously(gateway);
    const { data } = await linkEmail(gateway, later.accessToken, email);
    await mergeUser(gateway, later.accessToken, data.linkIdentity.mergeTicket);
    expect((await findUser(owner.id)).data.user.formerIds).toEqual([guest.id, later.id]);
  });

  it("leaves the guest as it was when the visitor logs in instead of merging", async () => {
    const { owner, guest, email } = await offerMerge();
    expect((await login(gateway, email, "correct horse")).data.login.user.id).toBe(owner.id);
    expect((await me(gateway, guest.accessToken)).data.me).toMatchObject({ id: guest.id, isAnonymous: true });
  });

  describe("rejects a ticket that is not good, and changes nothing:", () => {
    const rejected = async (token: string, ticket: string, code = "MERGE_TICKET_INVALID"): Promise<void> => {
      const tables = ["users", "identities", "sessions", "former_user_ids"];
      const count = (): Promise<number[]> => Promise.all(tables.map((table) => countRows(gateway, table)));
      const before = await count();
      expect(codeOf(await mergeUser(gateway, token, ticket))).toBe(code);
      expect(await count()).toEqual(before);
    };

    it.each(["", "pbm_", "nonsense", "x".repeat(100_000), "nul\u0000"])("%.20j", async (ticket) => {
      const { accessToken } = await loginAnonymously(gateway);
      await rejected(accessToken, ticket);
    });
    it("truncated", async () => {
      const { guest, ticket } = await offerMerge();
      await rejected(guest.accessToken, ticket.slice(0, -1));
    });
    it("ten minutes old", async () => {
      const { guest, ticket } = await offerMerge();
      gateway.clock.advance({ minutes: 10 });
      await rejected(guest.accessToken, ticket);
    });
    it("of another session, even of the owner's", async () => {
      const { owner, guest, ticket } = await offerMerge();
      const other = await loginAnonymously(gateway);
      await rejected(other.accessToken, ticket);
      await rejected(owner.accessToken, ticket);
      expect(codeOf(await mergeUser(gateway, guest.accessToken, ticket))).toBeUndefined();
    });
    it("used before", async () => {
      const { guest, ticket } = await offerMerge();
      const { data } = await mergeUser(gateway, guest.accessToken, ticket);
      await rejected(data.mergeUser.accessToken, ticket);
    });
    it("of a guest that has linked another identity since", async () => {
      const { guest, ticket } = await offerMerge();
      expect(codeOf(await linkEmail(gateway, guest.accessToken, newEmail()))).toBeUndefined();
      await rejected(guest.accessToken, ticket);
    });
    it("whose identity was unlinked or whose owner is gone", async () => {
      const { owner, guest, ticket } = await offerMerge();
      await gateway.admin("mutation ($id: ID!) { deleteUser(id: $id) }", { variables: { id: owner.id } });
      await rejected(guest.accessToken, ticket);
    });
    it("of an owner who is disabled, until that one is enabled again", async () => {
      const { owner, guest, ticket, email } = await offerMerge();
      await setDisabled(owner.id, "disableUser");
      await rejected(guest.accessToken, ticket, "USER_DISABLED");
      expect(codeOf(await linkEmail(gateway, guest.accessToken, email))).toBe("USER_DISABLED");
      await setDisabled(owner.id, "enableUser");
      expect(codeOf(await mergeUser(gateway, guest.accessToken, ticket))).toBeUndefined();
    });
    it("without anybody signed in", async () => {
      const { ticket } = await offerMerge();
      const answer = await gateway.graph(`mutation { mergeUser(ticket: "${ticket}") { accessToken } }`);
      expect(codeOf(answer)).toBe("UNAUTHENTICATED");
    });
    it("while its provider is disabled, or after a deployment of other settings", async () => {
      const { guest, ticket } = await offerMerge();
      await deployProvider(gateway, "local-userpass", false);
      await rejected(guest.accessToken, ticket, "PROVIDER_DISABLED");
      await deployProvider(gateway, "local-userpass", true);
      const { settingsFingerprint } = gateway.app.services.providers.requireEnabled("local-userpass");
      await gateway.app.database.writes.transaction((manager) =>
        manager.query("UPDATE merge_tickets SET settings_fingerprint = 'of other settings'"),
      );
      await rejected(guest.accessToken, ticket);
      await gateway.app.database.writes.transaction((manager) =>
        manager.query(`UPDATE merge_tickets SET settings_fingerprint = '${settingsFingerprint}'`),
      );
      expect(codeOf(await mergeUser(gateway, guest.accessToken, ticket))).toBeUndefined();
    });
  });

  it("is stored hashed", async () => {
    const { ticket } = await offerMerge();
    const rows = await gateway.app.database.reads.query("SELECT * FROM merge_tickets");
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(ticket.slice(4));
  });

  it("merges once when one ticket is used twenty times at the same time", async () => {
    const { owner, guest, ticket } = await offerMerge();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => mergeUser(gateway, guest.accessToken, ticket)),
    );
    const codes = answers.map(codeOf);
    expect(codes.filter((code) => code === undefined)).toHaveLength(1);
    expect(new Set(codes)).toEqual(new Set([undefined, ...codes.filter((code) => code !== undefined)]));
    for (const code of codes) expect([undefined, "MERGE_TICKET_INVALID", "UNAUTHENTICATED"]).toContain(code);
    expect((await findUser(owner.id)).data.user.formerIds).toEqual([guest.id]);
  });

  it("gives thirty guests that race for one identity one owner and twenty-nine offers", async () => {
    const guests = await Promise.all(Array.from({ length: 30 }, () => loginAnonymously(gateway)));
    const email = newEmail();
    const answers = await Promise.all(guests.map((guest) => linkEmail(gateway, guest.accessToken, email)));
    expect(answers.map(codeOf)).toEqual(Array(30).fill(undefined));
    const owners = answers.filter(({ data }) => data.linkIdentity.user);
    expect(owners).toHaveLength(1);
    expect(answers.filter(({ data }) => data.linkIdentity.mergeTicket)).toHaveLength(29);
    const merged = await Promise.all(
      answers.map(({ data }, index) =>
        data.linkIdentity.mergeTicket
          ? mergeUser(gateway, String(guests[index]?.accessToken), data.linkIdentity.mergeTicket)
          : null,
      ),
    );
    expect(merged.map((answer) => answer && codeOf(answer)).filter(Boolean)).toEqual([]);
    const survivor = owners[0]?.data.linkIdentity.user.id;
    expect((await findUser(survivor)).data.user.formerIds).toHaveLength(29);
  });
});
