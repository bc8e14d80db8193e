/** Two operators with one draft: what one has not seen, one does not replace. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import {
  type Answer,
  codeOf,
  createDatabase,
  databases,
  type Gateway,
  startGateway,
} from "../support/gateway.ts";
import { createOperator } from "../support/operator.ts";

const RACES = 12;
const OWN = { issuer: "https://id.example.com", clientIds: ["web"] };

describe.each(databases)("on %s", (name) => {
  let [one, two]: Gateway[] = [];
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let night: Awaited<ReturnType<typeof createOperator>>;

  beforeAll(async () => {
    database = await createDatabase(name);
    [one, two] = await Promise.all([
      startGateway({ url: database.url }),
      startGateway({ url: database.url }),
    ]);
    night = await createOperator(gateway(), "night shift");
  });
  afterAll(async () => {
    await Promise.all([one?.stop(), two?.stop()]);
    await database.drop();
  });
  beforeEach(() => night.discard());

  const gateway = (): Gateway => one as Gateway;
  const save = (input: object, at = gateway()): Promise<Answer> =>
    at.admin(
      "mutation ($i: SaveProviderInput!) { saveProvider(input: $i) { revision providers { name revision changedBy } } }",
      { variables: { i: input } },
    );
  const read = async (provider: string) => {
    const { data } = await gateway().admin(
      "{ providers { name revision changedBy changedAt draftEnabled draftSettings } draft { revision } }",
    );
    const found = data.providers.find((each: { name: string }) => each.name === provider);
    return { ...found, draft: data.draft?.revision };
  };
  const reset = (host: string) => ({ resetUrl: `https://${host}.example.com/reset` });

  it("rejects a save over a change that was not seen, says whose it is, and keeps that change", async () => {
    const { revision } = await read("local-userpass");
    await night.save({ name: "local-userpass", enabled: true, settings: reset("theirs") });
    const mine = { name: "local-userpass", enabled: true, settings: reset("mine"), revision };
    const rejected = await save(mine);
    expect(codeOf(rejected)).toBe("DRAFT_CONFLICT");
    const now = await read("local-userpass");
    expect(rejected.errors?.[0]?.extensions).toMatchObject({
      provider: "local-userpass",
      revision: now.revision,
      changedBy: "night shift",
    });
    expect(rejected.errors?.[0]?.message).toMatch(/by night shift\. Read it again/);
    expect(now).toMatchObject({ draftSettings: reset("theirs"), changedBy: "night shift" });
    const again = await save({ ...mine, revision: now.revision });
    expect(again.errors).toBeUndefined();
    expect(await read("local-userpass")).toMatchObject({
      draftSettings: reset("mine"),
      changedBy: "ADMIN_KEY",
    });
  });

  it("lets operators of different providers work side by side", async () => {
    const [anonymous, email] = [await read("anon-user"), await read("local-userpass")];
    const saves = await Promise.all([
      save({ name: "anon-user", enabled: false, revision: anonymous.revision }),
      save({ name: "local-userpass", enabled: false, revision: email.revision }, two),
    ]);
    expect(saves.map(codeOf)).toEqual([undefined, undefined]);
    expect((await gateway().admin("{ draft { changes { provider } } }")).data.draft.changes).toHaveLength(2);
  });

  it("takes the revision of the whole draft, too, which any change of it makes an old one", async () => {
    await save({ name: "anon-user", enabled: false });
    const { draft } = await read("anon-user");
    const first = await save({ name: "local-userpass", enabled: false, revision: draft });
    expect(first.errors).toBeUndefined();
    expect(codeOf(await save({ name: "anon-user", enabled: true, revision: draft }))).toBe("DRAFT_CONFLICT");
  });

  it("replaces whatever stands there when no revision is given, as before", async () => {
    await night.save({ name: "anon-user", enabled: false });
    expect((await save({ name: "anon-user", enabled: true })).errors).toBeUndefined();
    expect((await save({ name: "anon-user", enabled: false, revision: null })).errors).toBeUndefined();
  });

  it("knows that a change was discarded, deployed or redeployed meanwhile", async () => {
    const { revision: live } = await read("anon-user");
    await night.save({ name: "anon-user", enabled: false });
    const { revision: drafted } = await read("anon-user");
    await night.discard();
    expect(codeOf(await save({ name: "anon-user", enabled: false, revision: drafted }))).toBe(
      "DRAFT_CONFLICT",
    );
    expect(await read("anon-user")).toMatchObject({ revision: live, draft: undefined });

    await night.save({ name: "anon-user", enabled: false });
    await night.deploy();
    // What it was drafted as is what is live now: nothing is lost by saving on top of it.
    expect(await read("anon-user")).toMatchObject({ revision: drafted, changedBy: "night shift" });
    await night.redeploy(1);
    expect(codeOf(await save({ name: "anon-user", enabled: true, revision: drafted }))).toBe(
      "DRAFT_CONFLICT",
    );
    expect((await save({ name: "anon-user", enabled: false, revision: live })).errors).toBeUndefined();
  });

  it("does not let two operators add the same provider, or one save what the other removed", async () => {
    const added = { name: "company-sso", type: "oidc", enabled: true, settings: OWN, revision: "none" };
    expect((await save(added)).errors).toBeUndefined();
    expect(codeOf(await save({ ...added, settings: { ...OWN, clientIds: ["other"] } }))).toBe(
      "DRAFT_CONFLICT",
    );
    const { revision, draftSettings } = await read("company-sso");
    expect(draftSettings.clientIds).toEqual(["web"]);
    const remove = (given: string) =>
      gateway().admin(
        'mutation ($r: String) { removeProvider(name: "company-sso", revision: $r) { revision providers { name revision changedBy } } }',
        { variables: { r: given } },
      );
    expect(codeOf(await remove("none"))).toBe("DRAFT_CONFLICT");
    expect((await remove(revision)).errors).toBeUndefined();
    expect(codeOf(await save({ ...added, revision }))).toBe("DRAFT_CONFLICT");
    expect(await read("company-sso")).toEqual({ draft: expect.any(String) });
  });

  it("tells of every secret that was replaced, and of none that was only kept", async () => {
    const settings = { issuer: "me", algorithms: ["HS256"], secret: "a-shared-secret-of-32-characters!!" };
    await save({ name: "custom-token", enabled: true, settings });
    const { revision } = await read("custom-token");
    const { secret: _, ...kept } = settings;
    await save({ name: "custom-token", enabled: true, settings: kept });
    expect((await read("custom-token")).revision).toBe(revision);
    await save({
      name: "custom-token",
      enabled: true,
      settings: { ...settings, secret: "another".repeat(6) },
    });
    expect((await read("custom-token")).revision).not.toBe(revision);
    expect(codeOf(await save({ name: "custom-token", enabled: false, revision }))).toBe("DRAFT_CONFLICT");
  });

  it("rebases and discards only the draft that was looked at", async () => {
    await save({ name: "anon-user", enabled: false });
    const { draft } = await read("anon-user");
    await night.save({ name: "local-userpass", enabled: false });
    const run = (operation: string) =>
      gateway().admin(`mutation ($r: String) { ${operation} }`, { variables: { r: draft } });
    expect(codeOf(await run("rebaseDraft(draftRevision: $r) { revision }"))).toBe("DRAFT_CONFLICT");
    expect(codeOf(await run("discardDraft(draftRevision: $r)"))).toBe("DRAFT_CONFLICT");
    expect(codeOf(await run("deploy(draftRevision: $r) { version }"))).toBe("DRAFT_CONFLICT");
    expect((await gateway().admin("{ draft { changes { provider } } }")).data.draft.changes).toHaveLength(2);
  });

  it("lets exactly one of two saves at the same time through, at one gateway and at two", async () => {
    for (let race = 0; race < RACES; race++) {
      const { revision } = await read("local-userpass");
      const input = (host: string) => ({
        name: "local-userpass",
        enabled: true,
        settings: reset(`${host}-${race}`),
        revision,
      });
      const other = race % 2 ? two : one;
      const answers = await Promise.all([save(input("a")), save(input("b"), other)]);
      const codes = answers.map(codeOf);
      expect([...codes].sort()).toEqual(["DRAFT_CONFLICT", undefined]);
      const winner = codes[0] === undefined ? "a" : "b";
      expect((await read("local-userpass")).draftSettings).toEqual(
        expect.objectContaining(reset(`${winner}-${race}`)),
      );
    }
  });

  it("records the rejected save, and who was rejected", async () => {
    const { revision } = await read("anon-user");
    await night.save({ name: "anon-user", enabled: false });
    await save({ name: "anon-user", enabled: true, revision });
    await gateway().app.services.audit.flush();
    const { data } = await gateway().admin(
      "{ auditEvents(first: 1, filter: { actions: [DRAFT_SAVED], outcome: FAILED }) { edges { node { code actor { name } } } } }",
    );
    expect(data.auditEvents.edges[0].node).toEqual({ code: "DRAFT_CONFLICT", actor: { name: "ADMIN_KEY" } });
  });
});
