/** Draft → review → deploy, through the admin graph, on both databases and with two gateways on one. */

import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  type Answer,
  codeOf,
  createDatabase,
  databases,
  type Gateway,
  linkEmail,
  loginAnonymously,
  me,
  startGateway,
} from "../support/gateway.ts";

describe.each(databases)("on %s", (name) => {
  let one: Gateway;
  let two: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;

  beforeAll(async () => {
    database = await createDatabase(name);
    [one, two] = await Promise.all([
      startGateway({ url: database.url }),
      startGateway({ url: database.url }),
    ]);
  });
  afterAll(async () => {
    await Promise.all([one.stop(), two.stop()]);
    await database.drop();
  });

  const save = (input: object, gateway = one): Promise<Answer> =>
    gateway.admin(
      "mutation ($i: SaveProviderInput!) { saveProvider(input: $i) { baseVersion changes { provider field before after } } }",
      { variables: { i: input } },
    );
  const deploy = (gateway = one): Promise<Answer> =>
    gateway.admin('mutation { deploy(note: "n") { version deployedBy changes { provider } } }');
  const tryAnonymous = async (gateway: Gateway): Promise<string | undefined> =>
    codeOf(await gateway.graph("mutation { loginAnonymous { accessToken } }"));
  const liveVersion = async (): Promise<number> =>
    (await one.admin("{ deployments(first: 1) { edges { node { version } } } }")).data.deployments.edges[0]
      .node.version;

  it("starts two gateways at once with one first deployment and one signing key", async () => {
    expect(await liveVersion()).toBe(1);
    expect((await one.admin("{ signingKeys { kid } }")).data).toEqual(
      (await two.admin("{ signingKeys { kid } }")).data,
    );
    expect((await one.admin("{ signingKeys { kid } }")).data.signingKeys).toHaveLength(1);
  });

  it("needs an admin key for every field", async () => {
    const guest = await loginAnonymously(one);
    expect(codeOf(await one.admin("{ providers { name } }", { token: guest.accessToken }))).toBe("FORBIDDEN");
    expect(codeOf(await one.admin("{ providers { name } }", { token: "x".repeat(40) }))).toBe(
      "UNAUTHENTICATED",
    );
    const response = await fetch(`${one.url}/admin/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"query":"{ draft { baseVersion } }"}',
    });
    expect(codeOf((await response.json()) as Answer)).toBe("UNAUTHENTICATED");
  });

  it("takes effect at deploy, not before, on every gateway within a second, and sessions continue", async () => {
    const guest = await loginAnonymously(one);
    const draft = await save({ name: "anon-user", enabled: false });
    expect(draft.data.saveProvider.changes).toEqual([
      { provider: "anon-user", field: "enabled", before: true, after: false },
    ]);
    expect(await tryAnonymous(one)).toBeUndefined();
    expect((await deploy()).data.deploy).toMatchObject({
      deployedBy: "ADMIN_KEY",
      changes: [{ provider: "anon-user" }],
    });
    expect(await tryAnonymous(one)).toBe("PROVIDER_DISABLED");
    await sleep(1_000);
    expect(await tryAnonymous(two)).toBe("PROVIDER_DISABLED");
    expect((await me(two, guest.accessToken)).data.me.id).toBe(guest.id);
    expect((await one.graph("{ authProviders { name } }")).data.authProviders).toEqual([
      { name: "local-userpass" },
    ]);
    const back = await one.admin(`mutation { redeploy(version: 1) { version note } }`);
    expect(back.data.redeploy.version).toBe(await liveVersion());
    expect(await tryAnonymous(one)).toBeUndefined();
  });

  it("rejects a disabled provider before it looks at credentials", async () => {
    const answer = await one.graph(
      'mutation { login(credentials: { jwt: { token: "garbage" } }) { accessToken } }',
    );
    expect(codeOf(answer)).toBe("PROVIDER_DISABLED");
  });

  it("reviews whom a change would lock out", async () => {
    const [guest, person] = [await loginAnonymously(one), await loginAnonymously(one)];
    expect((await linkEmail(one, person.accessToken, "only@example.com")).errors).toBeUndefined();
    expect(guest.id).not.toBe(person.id);
    await save({ name: "local-userpass", enabled: false });
    await save({ name: "anon-user", enabled: false });
    const { data } = await one.admin(
      "{ review { impact { provider identities usersLosingAccess activeSessions } } }",
    );
    const impact = Object.fromEntries(
      data.review.impact.map((each: { provider: string }) => [each.provider, each]),
    );
    expect(impact["local-userpass"]).toMatchObject({ identities: 1, usersLosingAccess: 1 });
    expect(impact["anon-user"]).toMatchObject({ usersLosingAccess: 0 });
    expect(impact["anon-user"].activeSessions).toBeGreaterThanOrEqual(2);
    expect((await one.admin("mutation { discardDraft }")).data.discardDraft).toBe(true);
    expect((await one.admin("{ draft { baseVersion } review { baseVersion } }")).data).toEqual({
      draft: null,
      review: null,
    });
  });

  it("rejects a draft that another deployment overtook, until it is discarded", async () => {
    await save({ name: "anon-user", enabled: false });
    await deploy();
    await save({ name: "anon-user", enabled: true });
    await two.admin(`mutation { redeploy(version: 1) { version } }`);
    expect(codeOf(await save({ name: "local-userpass", enabled: false }))).toBe("DRAFT_CONFLICT");
    expect(codeOf(await deploy())).toBe("DRAFT_CONFLICT");
    await one.admin("mutation { discardDraft }");
    expect(codeOf(await deploy())).toBe("NOTHING_TO_DEPLOY");
  });

  it("lets exactly one of two deployments at the same time through", async () => {
    await save({ name: "anon-user", enabled: false });
    const codes = (await Promise.all([deploy(one), deploy(two)])).map(codeOf);
    expect(codes.filter((code) => code === undefined)).toHaveLength(1);
    await one.admin(`mutation { redeploy(version: 1) { version } }`);
  });

  it("loses neither of two drafts saved at the same time", async () => {
    await Promise.all([
      save({ name: "anon-user", enabled: false }, one),
      save({ name: "local-userpass", enabled: false }, two),
    ]);
    const { data } = await one.admin("{ draft { changes { provider } } }");
    expect(data.draft.changes).toHaveLength(2);
    await one.admin("mutation { discardDraft }");
  });

  it("checks settings, names the fields that are wrong, and never shows a secret again", async () => {
    const wrong = await save({
      name: "custom-token",
      enabled: true,
      settings: { issuer: "", algorithms: ["none"] },
    });
    expect(codeOf(wrong)).toBe("BAD_USER_INPUT");
    expect(wrong.errors?.[0]?.extensions.problems.map((each: { field: string }) => each.field)).toEqual(
      expect.arrayContaining(["issuer"]),
    );
    const secret = "a-shared-secret-of-32-characters!!";
    await save({
      name: "custom-token",
      enabled: true,
      settings: { issuer: "me", algorithms: ["HS256"], secret },
    });
    const kept = await save({
      name: "custom-token",
      enabled: true,
      settings: { issuer: "me2", algorithms: ["HS256"] },
    });
    expect(kept.errors).toBeUndefined();
    const shown = await one.admin(
      "{ providers { name settings draftSettings settingsSchema } draft { changes { field before after } } }",
    );
    expect(JSON.stringify(shown)).not.toContain(secret);
    expect(JSON.stringify(await one.app.database.reads.query("SELECT * FROM drafts"))).not.toContain(secret);
    await one.admin("mutation { discardDraft }");
    expect(codeOf(await save({ name: "unknown", enabled: true }))).toBe("PROVIDER_NOT_FOUND");
  });

  it("acts on both gateways at once: logout, disable, delete, keys", async () => {
    const guest = await loginAnonymously(one);
    expect((await me(two, guest.accessToken)).data.me.id).toBe(guest.id);
    await two.graph("mutation { logout { sessionsEnded } }", { token: guest.accessToken });
    expect(codeOf(await me(one, guest.accessToken))).toBe("UNAUTHENTICATED");
    const { data } = await one.admin(
      'mutation { createAdminKey(name: "night shift") { secret adminKey { id prefix } } }',
    );
    const { secret, adminKey } = data.createAdminKey;
    expect((await two.admin("{ draft { baseVersion } }", { token: secret })).errors).toBeUndefined();
    expect(
      (await two.admin("mutation ($id: ID!) { revokeAdminKey(id: $id) }", { variables: { id: adminKey.id } }))
        .data.revokeAdminKey,
    ).toBe(true);
    expect(codeOf(await one.admin("{ draft { baseVersion } }", { token: secret }))).toBe("UNAUTHENTICATED");
  });

  it("publishes the next signing key ten minutes before it signs, and the old one while its tokens live", async () => {
    const old = await loginAnonymously(one);
    const { data } = await one.admin("mutation { rotateSigningKey { kid state } }");
    expect(data.rotateSigningKey.state).toBe("PENDING");
    const kidOf = (token: string): string => JSON.parse(atob(String(token.split(".")[0]))).kid;
    expect(kidOf((await loginAnonymously(one)).accessToken)).toBe(kidOf(old.accessToken));
    const jwks = async () =>
      (
        (await (await fetch(`${one.url}/.well-known/jwks.json`)).json()) as {
          keys: { kid: string; d?: string }[];
        }
      ).keys;
    expect((await jwks()).map((key) => key.kid)).toContain(data.rotateSigningKey.kid);
    expect((await jwks()).every((key) => key.d === undefined)).toBe(true);
    one.clock.advance({ minutes: 11 });
    expect(kidOf((await loginAnonymously(one)).accessToken)).toBe(data.rotateSigningKey.kid);
    expect((await me(one, old.accessToken)).data.me.id).toBe(old.id);
    one.clock.advance({ minutes: 42 });
    expect((await jwks()).map((key) => key.kid)).toEqual([data.rotateSigningKey.kid]);
  });
});
