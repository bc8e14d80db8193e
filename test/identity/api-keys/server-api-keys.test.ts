/** Keys that operators make for servers, in the admin graph, on both databases. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { changeKey, createOwner, loginWithKey } from "../../support/api-keys.ts";
import {
  codeOf,
  countRows,
  createDatabase,
  databases,
  type Gateway,
  loginAnonymously,
  me,
  startGateway,
} from "../../support/gateway.ts";

describe.each(databases)("server API keys on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  beforeAll(async () => {
    database = await createDatabase(name);
    gateway = await startGateway({
      url: database.url,
      settings: { INITIAL_PROVIDERS: "anon-user,local-userpass,api-key" },
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });

  const create = (keyName: string) =>
    gateway.admin(
      "mutation ($n: String!) { createServerApiKey(name: $n) { secret apiKey { id name prefix disabled lastUsedAt user { id isAnonymous expiresAt identities { provider subject canSignIn } } } } }",
      { variables: { n: keyName } },
    );

  it("log in as a user of their own, who is not anonymous and never expires", async () => {
    const { apiKey, secret } = (await create("billing")).data.createServerApiKey;
    expect(secret).toMatch(/^pbk_[\w-]{43}$/);
    expect(apiKey).toEqual({
      id: expect.any(String),
      name: "billing",
      prefix: secret.slice(0, 8),
      disabled: false,
      lastUsedAt: null,
      user: {
        id: expect.any(String),
        isAnonymous: false,
        expiresAt: null,
        identities: [{ provider: "api-key", subject: apiKey.id, canSignIn: true }],
      },
    });
    expect((await loginWithKey(gateway, secret)).data.login.user.id).toBe(apiKey.user.id);
    gateway.clock.advance({ days: 400 });
    await gateway.admin("mutation { expireAnonymousUsers(dryRun: false) { users } }");
    expect((await loginWithKey(gateway, secret)).data.login.user.id).toBe(apiKey.user.id);
    const { data } = await gateway.admin("{ serverApiKeys { id lastUsedAt } }");
    expect(data.serverApiKeys).toContainEqual({
      id: apiKey.id,
      lastUsedAt: gateway.clock.now().toISOString(),
    });
  });

  it("end their sessions when they are disabled, and work again when enabled", async () => {
    const { apiKey, secret } = (await create("switched")).data.createServerApiKey;
    const { accessToken } = (await loginWithKey(gateway, secret)).data.login;
    const { data } = await changeKey(gateway, "disableServerApiKey", apiKey);
    expect(data.disableServerApiKey).toEqual({ id: apiKey.id, disabled: true });
    expect(codeOf(await loginWithKey(gateway, secret))).toBe("INVALID_CREDENTIALS");
    expect(codeOf(await me(gateway, accessToken))).toBe("UNAUTHENTICATED");
    await changeKey(gateway, "enableServerApiKey", apiKey);
    expect((await loginWithKey(gateway, secret)).data.login.user.id).toBe(apiKey.user.id);
  });

  it("go with their user, and their user with them", async () => {
    const [one, two] = [
      (await create("one")).data.createServerApiKey,
      (await create("two")).data.createServerApiKey,
    ];
    const { accessToken } = (await loginWithKey(gateway, one.secret)).data.login;
    expect((await changeKey(gateway, "deleteServerApiKey", one.apiKey)).data.deleteServerApiKey).toBe(
      one.apiKey.id,
    );
    await gateway.admin("mutation ($id: ID!) { deleteUser(id: $id) }", {
      variables: { id: two.apiKey.user.id },
    });
    expect(codeOf(await me(gateway, accessToken))).toBe("UNAUTHENTICATED");
    for (const { apiKey, secret } of [one, two]) {
      expect(await countRows(gateway, "users", `id = '${apiKey.user.id}'`)).toBe(0);
      expect(await countRows(gateway, "api_keys", `id = '${apiKey.id}'`)).toBe(0);
      expect(codeOf(await loginWithKey(gateway, secret))).toBe("INVALID_CREDENTIALS");
      expect(codeOf(await changeKey(gateway, "deleteServerApiKey", apiKey))).toBe("API_KEY_NOT_FOUND");
    }
  });

  it("cannot be changed by the program that holds them, nor a person's key by this door", async () => {
    const { apiKey, secret } = (await create("guarded")).data.createServerApiKey;
    const { accessToken } = (await loginWithKey(gateway, secret)).data.login;
    for (const mutation of ["disableApiKey", "deleteApiKey"]) {
      const answer = await changeKey(gateway, mutation, { id: apiKey.id, token: accessToken });
      expect(codeOf(answer)).toBe("API_KEY_NOT_FOUND");
    }
    const owner = await createOwner(gateway);
    const mine = (
      await gateway.graph('mutation { createApiKey(name: "mine") { apiKey { id } } }', { token: owner.token })
    ).data.createApiKey.apiKey;
    for (const mutation of ["enableServerApiKey", "disableServerApiKey", "deleteServerApiKey"]) {
      expect(codeOf(await changeKey(gateway, mutation, mine))).toBe("API_KEY_NOT_FOUND");
    }
    expect(await countRows(gateway, "users", `id = '${owner.id}'`)).toBe(1);
    const { data } = await gateway.admin("{ serverApiKeys { id } }");
    expect(data.serverApiKeys).not.toContainEqual({ id: mine.id });
  });

  it("are the operator's alone", async () => {
    const { accessToken } = await loginAnonymously(gateway);
    const answer = await gateway.admin("{ serverApiKeys { id } }", { token: accessToken });
    expect(codeOf(answer)).toBe("FORBIDDEN");
    const { data } = await gateway.graph('{ __type(name: "Mutation") { fields { name } } }');
    expect(JSON.stringify(data)).not.toContain("ServerApiKey");
  });

  it("count as the only sign-in method when disabling the provider is reviewed", async () => {
    const keys = await countRows(gateway, "api_keys", "is_server");
    const save = (enabled: boolean) =>
      gateway.admin(
        `mutation { saveProvider(input: { name: "api-key", enabled: ${enabled} }) { baseVersion } }`,
      );
    await save(false);
    const { data } = await gateway.admin("{ review { impact { provider usersLosingAccess } } }");
    expect(data.review.impact).toEqual([{ provider: "api-key", usersLosingAccess: keys }]);
    await gateway.admin("mutation { deploy { version } }");
    expect(codeOf(await create("while-off"))).toBe("PROVIDER_DISABLED");
    await save(true);
    await gateway.admin("mutation { deploy { version } }");
  });

  it("have names of their own, and are 100 at most, also when more are made at the same time", async () => {
    await create("taken");
    expect(codeOf(await create("taken"))).toBe("BAD_USER_INPUT");
    expect(codeOf(await create("no spaces"))).toBe("BAD_USER_INPUT");
    const before = await countRows(gateway, "api_keys", "is_server");
    const users = await countRows(gateway, "users");
    const names = Array.from({ length: 103 - before }, (_, index) => `server-${index}`);
    // They wait for each other, and on a busy machine a hundred would be given up.
    while (names.length > 20) await Promise.all(names.splice(0, 10).map(create));
    const answers = await Promise.all(names.map(create));
    const rejected = answers.map(codeOf).filter((code) => code !== undefined);
    expect(rejected).toEqual(Array(3).fill("API_KEY_LIMIT_REACHED"));
    expect(await countRows(gateway, "api_keys", "is_server")).toBe(100);
    expect(await countRows(gateway, "users")).toBe(users + 100 - before);
  });
});
