/** Providers that operators name: added, switched, reviewed and removed in drafts, on both databases. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { decryptSettings, encryptSettings } from "../../src/deployments/configuration.ts";
import { createEncryption } from "../../src/encryption.ts";
import type { Provider } from "../../src/identity/provider.ts";
import { formatProvidersJson, parseProvidersJson } from "../../src/import/providers-json.ts";
import { oidc } from "../../src/providers/oidc.ts";
import { runCommand } from "../support/command-line.ts";
import { operator } from "../support/contexts.ts";
import {
  ADMIN_KEY,
  type Answer,
  codeOf,
  createDatabase,
  databases,
  type Gateway,
  MASTER_KEY,
  startGateway,
} from "../support/gateway.ts";
import { type LyingProvider, startLyingProvider } from "../support/lying-provider.ts";
import { deployProvider, loginWithIdToken, realTimeClock, saveProvider } from "../support/oauth.ts";

const REDIRECT = "http://127.0.0.1:3000/callback";

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let idp: LyingProvider;

  beforeAll(async () => {
    database = await createDatabase(name);
    [gateway, idp] = await Promise.all([
      startGateway({ url: database.url, clock: realTimeClock() }),
      startLyingProvider(REDIRECT),
    ]);
  });
  /** Each case finds the first deployment and the company. */
  beforeEach(async () => {
    await gateway.admin("mutation { discardDraft }");
    await gateway.admin("mutation { redeploy(version: 1) { version } }");
    await deployProvider(gateway, {
      name: "company",
      type: "oidc",
      settings: { ...idp.settings, clientSecret },
    });
  });
  afterAll(async () => {
    await Promise.all([gateway.stop(), idp.stop()]);
    await database.drop();
  });

  const clientSecret = "a secret of the company";
  const save = (input: object): Promise<Answer> => saveProvider(gateway, { enabled: true, ...input });
  const remove = (name: string): Promise<Answer> =>
    gateway.admin(
      "mutation ($n: String!) { removeProvider(name: $n) { changes { provider field before after } } }",
      { variables: { n: name } },
    );
  const deploy = (): Promise<Answer> =>
    gateway.admin("mutation { deploy { version changes { provider field } } }");
  const authProviders = async (): Promise<object[]> =>
    (await gateway.graph("{ authProviders { name type displayName } }")).data.authProviders;
  const login = async (provider: string): Promise<Answer> =>
    loginWithIdToken(gateway, {
      provider,
      token: await idp.signIdToken({ sub: "ada" }, gateway.clock.now()),
    });

  it("are in force from the deployment on that has them, beside each other and the built-in ones", async () => {
    const drafted = await save({ name: "club", type: "oidc", settings: idp.settings });
    expect(drafted.data.saveProvider.changes).toEqual([
      { provider: "club", field: "type", before: null, after: "oidc" },
      { provider: "club", field: "enabled", before: false, after: true },
      ...[
        "issuer",
        "clientIds",
        "clientAuthentication",
        "redirectUris",
        "scopes",
        "emailDomains",
        "profileClaims",
      ].map((field) =>
        expect.objectContaining({ provider: "club", field: `settings.${field}`, before: null }),
      ),
    ]);
    await save({ name: "school", type: "oidc", settings: { ...idp.settings, displayName: "The school" } });
    expect(codeOf(await login("club"))).toBe("PROVIDER_NOT_FOUND");
    await deploy();
    expect(await authProviders()).toEqual([
      { name: "anon-user", type: "anon-user", displayName: expect.any(String) },
      { name: "local-userpass", type: "local-userpass", displayName: expect.any(String) },
      { name: "company", type: "oidc", displayName: "company" },
      { name: "club", type: "oidc", displayName: "club" },
      { name: "school", type: "oidc", displayName: "The school" },
    ]);
    const [one, two] = [await login("club"), await login("school")];
    expect(one.data.login.user.id).not.toBe(two.data.login.user.id);
    expect((await login("club")).data.login.user.id).toBe(one.data.login.user.id);
  });

  it("keep their secret sealed under their own name", async () => {
    const shown = JSON.stringify(await gateway.admin("{ providers { name settings draftSettings } }"));
    const [{ providers }] = await gateway.app.database.reads.query(
      "SELECT providers FROM deployments ORDER BY version DESC LIMIT 1",
    );
    for (const text of [shown, providers]) expect(text).not.toContain(clientSecret);
    const masked = await save({ name: "company", settings: { ...idp.settings, clientSecret: "•••" } });
    expect(masked.data.saveProvider.changes).toEqual([]);
    const switched = await save({ name: "company", enabled: false });
    expect(switched.data.saveProvider.changes).toEqual([
      { provider: "company", field: "enabled", before: true, after: false },
    ]);
    const other = await save({
      name: "thief",
      type: "oidc",
      settings: { ...idp.settings, clientSecret: "•••" },
    });
    expect(other.data.saveProvider.changes).not.toContainEqual(
      expect.objectContaining({ field: "settings.clientSecret" }),
    );
  });

  it("are removed by a deployment, which says whom that locks out, and come back with an old version", async () => {
    const user = (await login("company")).data.login.user.id;
    const before = await authProviders();
    const removed = (await remove("company")).data.removeProvider.changes;
    expect(removed).toEqual(
      expect.arrayContaining([
        { provider: "company", field: "type", before: "oidc", after: null },
        { provider: "company", field: "enabled", before: true, after: false },
        { provider: "company", field: "settings.clientSecret", before: "•••", after: null },
      ]),
    );
    expect((await login("company")).errors).toBeUndefined();
    const { data } = await gateway.admin(
      "{ review { impact { provider identities usersLosingAccess activeSessions } } providers { name enabled draftEnabled draftEffect } }",
    );
    expect(data.review.impact).toEqual([
      {
        provider: "company",
        identities: 1,
        usersLosingAccess: 1,
        activeSessions: expect.any(Number),
      },
    ]);
    expect(data.providers).toContainEqual({
      name: "company",
      enabled: true,
      draftEnabled: null,
      draftEffect: "REMOVED",
    });
    const { version } = (await deploy()).data.deploy;
    expect(codeOf(await login("company"))).toBe("PROVIDER_NOT_FOUND");
    expect(await authProviders()).toHaveLength(before.length - 1);
    expect(codeOf(await save({ name: "company", enabled: false }))).toBe("PROVIDER_NOT_FOUND");
    await gateway.admin(`mutation { redeploy(version: ${version - 1}) { version } }`);
    expect(await authProviders()).toEqual(before);
    expect((await login("company")).data.login.user.id).toBe(user);
  });

  it("show as added while only a draft has them", async () => {
    await save({ name: "club", type: "oidc", enabled: false });
    const { data } = await gateway.admin(
      "{ providers { name type enabled draftEnabled draftEffect settings } }",
    );
    expect(data.providers.at(-1)).toEqual({
      name: "club",
      type: "oidc",
      enabled: false,
      draftEnabled: false,
      draftEffect: "ADDED",
      settings: {},
    });
    expect((await remove("club")).data.removeProvider.changes).toEqual([]);
    expect(codeOf(await deploy())).toBe("NOTHING_TO_DEPLOY");
  });

  it("are of types that say what can be set", async () => {
    const { data } = await gateway.admin("{ providerTypes { type displayName settingsSchema } }");
    expect(data.providerTypes).toEqual([
      { type: "oidc", displayName: "OpenID Connect", settingsSchema: expect.any(Object) },
    ]);
    const { properties, required } = data.providerTypes[0].settingsSchema;
    expect(required).toEqual(["issuer", "clientIds"]);
    expect(properties.clientSecret).toMatchObject({ title: "Client secret", secret: true });
  });

  it("of another issuer under the same name have other users", async () => {
    const before = (await login("company")).data.login.user.id;
    const second = await startLyingProvider(REDIRECT);
    await deployProvider(gateway, { name: "company", settings: { ...second.settings, clientSecret: null } });
    const token = await second.signIdToken({ sub: "ada" }, gateway.clock.now());
    const after = await loginWithIdToken(gateway, { provider: "company", token }).finally(second.stop);
    expect(after.data.login.user.id).not.toBe(before);
    await deployProvider(gateway, { name: "company", settings: idp.settings });
    expect((await login("company")).data.login.user.id).toBe(before);
  });

  it.each([
    [{ name: "oidc", type: "oidc" }, "BAD_USER_INPUT"],
    [{ name: "oidc" }, "PROVIDER_NOT_FOUND"],
    [{ name: "api-key", type: "oidc" }, "BAD_USER_INPUT"],
    [{ name: "anon-user", type: "oidc" }, "BAD_USER_INPUT"],
    [{ name: "oauth2-github", type: "oidc" }, "BAD_USER_INPUT"],
    [{ name: "Company", type: "oidc" }, "BAD_USER_INPUT"],
    [{ name: "c", type: "oidc" }, "BAD_USER_INPUT"],
    [{ name: `c${"x".repeat(49)}`, type: "oidc" }, "BAD_USER_INPUT"],
    [{ name: "1company", type: "oidc" }, "BAD_USER_INPUT"],
    [{ name: "com pany", type: "oidc" }, "BAD_USER_INPUT"],
    [{ name: "company\n", type: "oidc" }, "BAD_USER_INPUT"],
    [{ name: "__proto__", type: "oidc" }, "BAD_USER_INPUT"],
    [{ name: "another", type: "custom-token" }, "BAD_USER_INPUT"],
    [{ name: "another", type: "saml" }, "BAD_USER_INPUT"],
    [{ name: "another" }, "PROVIDER_NOT_FOUND"],
    [{ name: "company", type: "custom-token" }, "BAD_USER_INPUT"],
  ])("rejects %j", async (input, code) => {
    expect(codeOf(await save({ ...input, settings: idp.settings }))).toBe(code);
    expect((await gateway.admin("{ draft { baseVersion } }")).data.draft).toBeNull();
  });
  it("alone can be removed", async () => {
    expect(codeOf(await remove("anon-user"))).toBe("BAD_USER_INPUT");
    expect(codeOf(await remove("oidc"))).toBe("PROVIDER_NOT_FOUND");
    expect(codeOf(await remove("unknown"))).toBe("PROVIDER_NOT_FOUND");
  });

  it("go through providers.json and back", async () => {
    const text = formatProvidersJson(await gateway.app.services.deployments.states());
    const inputs = parseProvidersJson(text);
    expect(inputs).toContainEqual(expect.objectContaining({ name: "company", type: "oidc", enabled: true }));
    const draft = await gateway.app.services.deployments.saveProviders(operator, inputs);
    expect(draft.changes).toEqual([]);
    await remove("company");
    await deploy();
    await gateway.app.services.deployments.saveProviders(operator, inputs);
    await deploy();
    expect((await login("company")).errors).toBeUndefined();
  });

  it("are read from versions that were stored before there were any", async () => {
    const { reads } = gateway.app.database;
    const [{ version, providers }] = await reads.query(
      "SELECT version, providers FROM deployments ORDER BY version LIMIT 1",
    );
    const old = JSON.parse(providers).map(({ type, ...rest }: { type: string }) => rest);
    await gateway.app.database.writes.transaction((manager) =>
      manager.query(`UPDATE deployments SET providers = '${JSON.stringify(old)}' WHERE version = ${version}`),
    );
    await gateway.admin(`mutation { redeploy(version: ${version}) { version } }`);
    expect(await authProviders()).toEqual([
      { name: "anon-user", type: "anon-user", displayName: expect.any(String) },
      { name: "local-userpass", type: "local-userpass", displayName: expect.any(String) },
    ]);
  });

  it("are set, shown and removed from the command line", async () => {
    const folder = mkdtempSync(join(tmpdir(), "passerby-named-"));
    const file = join(folder, "settings.json");
    writeFileSync(file, JSON.stringify(idp.settings));
    const run = (...words: string[]) =>
      runCommand(["config", ...words], { env: { DATABASE_URL: database.url, MASTER_KEY, ADMIN_KEY } });
    expect((await run("set", "club", "on", "--type", "oidc", "--settings", file)).stdout).toContain(
      "club: new, of type oidc, enabled\n    issuer: ",
    );
    expect((await run("show")).stdout).toMatch(/^club +– +on +club$/m);
    expect((await run("deploy")).status).toBe(0);
    await gateway.app.services.deployments.reload();
    expect((await login("club")).errors).toBeUndefined();
    expect((await run("remove", "club")).stdout).toContain("club: removed, was of type oidc, enabled\n");
    expect((await run("show")).stdout).toMatch(/^club +on +removed +club$/m);
    const rejected = await run("remove", "anon-user");
    expect([rejected.status, rejected.stderr]).toEqual([1, expect.stringContaining("built in")]);
    rmSync(folder, { recursive: true, force: true });
  });
});

it("names no type in INITIAL_PROVIDERS", async () => {
  const database = await createDatabase("sqlite");
  const started = startGateway({ url: database.url, settings: { INITIAL_PROVIDERS: "anon-user,oidc" } });
  await expect(started).rejects.toMatchObject({
    problems: [
      expect.stringMatching(/^INITIAL_PROVIDERS names "oidc"; there are anon-user, [^"]*oauth2-google/),
    ],
  });
  await database.drop();
});

it("opens a sealed secret under the name that it was sealed for alone", () => {
  const encryption = createEncryption(MASTER_KEY);
  const [one, two] = ["company", "school"].map((name) => ({ ...oidc, name }) as unknown as Provider);
  if (!one || !two) throw new Error("There are two.");
  const given = { issuer: "https://id.example", clientIds: ["app"], clientSecret: "a secret" };
  const sealed = encryptSettings(one, { given, before: {}, enabled: true, encryption });
  expect(decryptSettings(one, sealed, encryption)).toMatchObject({ clientSecret: "a secret" });
  expect(() => decryptSettings(two, sealed, encryption)).toThrow();
});

it("reads App Services' own entries for Google, Apple and Facebook", () => {
  const file = {
    "oauth2-google": {
      name: "oauth2-google",
      type: "oauth2-google",
      disabled: false,
      config: { clientId: "g.apps.googleusercontent.com", openId: true },
      secret_config: { clientSecret: "nameOfASecret" },
      redirect_uris: ["https://app.example/"],
    },
  };
  expect(parseProvidersJson(JSON.stringify(file))).toMatchObject([
    {
      name: "oauth2-google",
      type: "oauth2-google",
      enabled: true,
      settings: { clientIds: ["g.apps.googleusercontent.com"] },
    },
  ]);
});
