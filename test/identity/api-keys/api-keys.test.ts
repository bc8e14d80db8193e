/** Keys that users make for their programs, over HTTP, on both databases. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { decodeJwt } from "jose";
import { loginVerified } from "../../../src/identity/login/login.ts";
import { prepareVerification } from "../../../src/identity/login/verification.ts";
import { changeKey, createKey, createOwner, loginWithKey } from "../../support/api-keys.ts";
import { visitor } from "../../support/contexts.ts";
import {
  codeOf,
  countRows,
  createDatabase,
  databases,
  type Gateway,
  linkEmail,
  loginAnonymously,
  me,
  refresh,
  startGateway,
} from "../../support/gateway.ts";

describe.each(databases)("API keys on %s", (name) => {
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

  /** A user with a key, and what the key's login gave. */
  async function createUsedKey() {
    const owner = await createOwner(gateway);
    const { apiKey, secret } = (await createKey(gateway, owner.token)).data.createApiKey;
    const login = (await loginWithKey(gateway, secret)).data.login;
    return { owner, id: apiKey.id as string, secret: secret as string, login };
  }
  const listKeys = async (token: string) =>
    (await gateway.graph("{ me { apiKeys { id name prefix disabled lastUsedAt } } }", { token })).data.me
      .apiKeys;

  it("log in as their owner, whom they are listed for, and say when they were used", async () => {
    const owner = await createOwner(gateway);
    const { apiKey, secret } = (await createKey(gateway, owner.token, "night-robot_2")).data.createApiKey;
    expect(secret).toMatch(/^pbk_[\w-]{43}$/);
    expect(apiKey).toEqual({
      id: expect.any(String),
      name: "night-robot_2",
      prefix: secret.slice(0, 8),
      disabled: false,
      lastUsedAt: null,
      user: { id: owner.id },
    });
    const before = await countRows(gateway, "users");
    gateway.clock.advance({ seconds: 5 });
    const { data } = await loginWithKey(gateway, secret);
    expect(data.login).toMatchObject({
      user: { id: owner.id, isAnonymous: false },
      session: { provider: "api-key" },
    });
    expect(decodeJwt(data.login.accessToken)).toMatchObject({ sub: owner.id, amr: ["api-key"] });
    expect(await listKeys(owner.token)).toMatchObject([
      { id: apiKey.id, lastUsedAt: gateway.clock.now().toISOString() },
    ]);
    expect(await countRows(gateway, "users")).toBe(before);
  });

  it("are identities that are no sign-in method, with the key as their subject", async () => {
    const { owner, id } = await createUsedKey();
    const { data } = await gateway.graph("{ me { identities { provider subject canSignIn } } }", {
      token: owner.token,
    });
    expect(data.me.identities).toContainEqual({ provider: "api-key", subject: id, canSignIn: false });
  });

  it("are stored without their secret", async () => {
    const { secret } = await createUsedKey();
    for (const table of ["api_keys", "identities", "sessions"]) {
      const rows = await gateway.app.database.reads.query(`SELECT * FROM ${table}`);
      expect(JSON.stringify(rows)).not.toContain(secret.slice(8));
    }
  });

  it("that are wrong, changed, empty or another token get INVALID_CREDENTIALS and make no user", async () => {
    const { secret, login } = await createUsedKey();
    const before = await countRows(gateway, "users");
    const changed = `${secret.slice(0, -2)}${secret.endsWith("AA") ? "BB" : "AA"}`;
    const wrong = [changed, secret.slice(0, -1), `${secret} `, secret.toUpperCase(), "", "\0", "pbk_"];
    for (const key of [...wrong, login.accessToken, "x".repeat(200_000)]) {
      expect(codeOf(await loginWithKey(gateway, key))).toBe("INVALID_CREDENTIALS");
    }
    expect(await countRows(gateway, "users")).toBe(before);
  });

  it.each(["", "a b", "schlüssel", "a".repeat(101), "a.b", "a\n", "\0"])(
    "reject the name %j",
    async (bad) => {
      const { token, id } = await createOwner(gateway);
      expect(codeOf(await createKey(gateway, token, bad))).toBe("BAD_USER_INPUT");
      expect(await countRows(gateway, "identities", `user_id = '${id}' AND provider = 'api-key'`)).toBe(0);
    },
  );
  it("have names of up to 100 characters, which only their owner cannot use again", async () => {
    const [one, two] = [await createOwner(gateway), await createOwner(gateway)];
    const long = `A-z_${"9".repeat(96)}`;
    expect(codeOf(await createKey(gateway, one.token, long))).toBeUndefined();
    expect(codeOf(await createKey(gateway, two.token, long))).toBeUndefined();
    expect(codeOf(await createKey(gateway, one.token, long))).toBe("BAD_USER_INPUT");
    expect(await listKeys(one.token)).toHaveLength(1);
  });

  it("are 20 at most, also when 24 are made at the same time; a deleted one makes room", async () => {
    const owner = await createOwner(gateway);
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, index) => createKey(gateway, owner.token, `robot-${index}`)),
    );
    expect(answers.map(codeOf).filter((code) => code === undefined)).toHaveLength(20);
    expect(answers.map(codeOf).filter((code) => code === "API_KEY_LIMIT_REACHED")).toHaveLength(4);
    const keys = await listKeys(owner.token);
    expect(keys).toHaveLength(20);
    await changeKey(gateway, "deleteApiKey", { id: keys[7].id, token: owner.token });
    expect(codeOf(await createKey(gateway, owner.token, "one-more"))).toBeUndefined();
  });
  it("get a name once, also when it is taken several times at the same time", async () => {
    const owner = await createOwner(gateway);
    const answers = await Promise.all(Array.from({ length: 4 }, () => createKey(gateway, owner.token)));
    expect(answers.map(codeOf).sort()).toEqual([...Array(3).fill("BAD_USER_INPUT"), undefined]);
  });

  it("are not for anonymous users, who are told to link first", async () => {
    const guest = await loginAnonymously(gateway);
    const answer = await createKey(gateway, guest.accessToken);
    expect(codeOf(answer)).toBe("FORBIDDEN");
    expect(answer.errors?.[0]?.message).toContain("linkIdentity");
    expect(await countRows(gateway, "identities", `user_id = '${guest.id}'`)).toBe(1);
  });

  it("need a recent login to be made or enabled, and any login to be disabled or deleted", async () => {
    const { owner, id } = await createUsedKey();
    gateway.clock.advance({ minutes: 16 });
    expect(codeOf(await createKey(gateway, owner.token, "late"))).toBe("REAUTHENTICATION_REQUIRED");
    expect(codeOf(await changeKey(gateway, "disableApiKey", { id, token: owner.token }))).toBeUndefined();
    expect(codeOf(await changeKey(gateway, "enableApiKey", { id, token: owner.token }))).toBe(
      "REAUTHENTICATION_REQUIRED",
    );
    expect(codeOf(await changeKey(gateway, "deleteApiKey", { id, token: owner.token }))).toBeUndefined();
  });
  it("make no further keys, link nothing and delete no user: a program's login is never a recent one", async () => {
    const { owner, login } = await createUsedKey();
    const link = await linkEmail(gateway, login.accessToken, "thief@example.com");
    expect(codeOf(link)).toBe("REAUTHENTICATION_REQUIRED");
    const server = (
      await gateway.admin(
        'mutation { createServerApiKey(name: "linking") { secret apiKey { user { id } } } }',
      )
    ).data.createServerApiKey;
    const program = (await loginWithKey(gateway, server.secret)).data.login;
    expect(codeOf(await linkEmail(gateway, program.accessToken, "thief@example.com"))).toBe(
      "REAUTHENTICATION_REQUIRED",
    );
    expect(await countRows(gateway, "identities", "email = 'thief@example.com'")).toBe(0);
    expect(codeOf(await createKey(gateway, login.accessToken, "child"))).toBe("REAUTHENTICATION_REQUIRED");
    const answer = await gateway.graph("mutation { deleteMe { deletedUserId } }", {
      token: login.accessToken,
    });
    expect(codeOf(answer)).toBe("REAUTHENTICATION_REQUIRED");
    const { refreshToken } = (await refresh(gateway, login.refreshToken)).data.refreshSession;
    const again = (await refresh(gateway, refreshToken)).data.refreshSession;
    expect(codeOf(await createKey(gateway, again.accessToken, "child"))).toBe("REAUTHENTICATION_REQUIRED");
    expect(await listKeys(owner.token)).toHaveLength(1);
  });

  it("of another user are API_KEY_NOT_FOUND, and stay as they are", async () => {
    const { owner, id, secret } = await createUsedKey();
    const other = await createOwner(gateway);
    for (const mutation of ["enableApiKey", "disableApiKey", "deleteApiKey"]) {
      expect(codeOf(await changeKey(gateway, mutation, { id, token: other.token }))).toBe(
        "API_KEY_NOT_FOUND",
      );
      expect(codeOf(await changeKey(gateway, mutation, { id: "\0", token: other.token }))).toMatch(
        /API_KEY_NOT_FOUND|BAD_USER_INPUT/,
      );
      expect(codeOf(await changeKey(gateway, mutation, { id }))).toBe("UNAUTHENTICATED");
    }
    expect((await loginWithKey(gateway, secret)).data.login.user.id).toBe(owner.id);
    const peek = await gateway.graph("query ($id: ID!) { user(id: $id) { apiKeys { name } } }", {
      token: other.token,
      variables: { id: owner.id },
    });
    expect(codeOf(peek)).toBe("FORBIDDEN");
    const router = await gateway.graph(
      "query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { apiKeys { name } } } }",
      { variables: { r: [{ __typename: "User", id: owner.id }] } },
    );
    expect(codeOf(router)).toBe("UNAUTHENTICATED");
  });

  it("that are disabled are rejected as unknown ones are, and work again when enabled", async () => {
    const { owner, id, secret } = await createUsedKey();
    for (let twice = 0; twice < 2; twice++) {
      const { data } = await changeKey(gateway, "disableApiKey", { id, token: owner.token });
      expect(data.disableApiKey).toEqual({ id, disabled: true });
    }
    const [disabled, unknown] = [await loginWithKey(gateway, secret), await loginWithKey(gateway, "pbk_x")];
    expect(codeOf(disabled)).toBe("INVALID_CREDENTIALS");
    expect(disabled.errors).toEqual(unknown.errors);
    await changeKey(gateway, "enableApiKey", { id, token: owner.token });
    expect((await loginWithKey(gateway, secret)).data.login.user.id).toBe(owner.id);
  });

  it.each([
    ["disableApiKey", "SESSION_REVOKED"],
    ["deleteApiKey", "UNAUTHENTICATED"],
  ])("end the sessions that they began, and no others, at %s", async (mutation, refreshCode) => {
    const { owner, id, login } = await createUsedKey();
    const second = (await createKey(gateway, owner.token, "second")).data.createApiKey;
    const other = (await loginWithKey(gateway, second.secret)).data.login;
    await changeKey(gateway, mutation, { id, token: owner.token });
    expect(codeOf(await me(gateway, login.accessToken))).toBe("UNAUTHENTICATED");
    expect(codeOf(await refresh(gateway, login.refreshToken))).toBe(refreshCode);
    for (const token of [owner.token, other.accessToken]) {
      expect((await me(gateway, token)).data.me.id).toBe(owner.id);
    }
  });
  it("go with their identity when it is unlinked, and their sessions too", async () => {
    const { owner, id, secret, login } = await createUsedKey();
    const { data } = await gateway.graph("{ me { identities { id provider } } }", { token: owner.token });
    const identity = data.me.identities.find((each: { provider: string }) => each.provider === "api-key");
    const unlinked = await gateway.graph(
      "mutation ($id: ID!) { unlinkIdentity(identityId: $id) { apiKeys { id } } }",
      { token: owner.token, variables: { id: identity.id } },
    );
    expect(unlinked.data.unlinkIdentity.apiKeys).toEqual([]);
    expect(await countRows(gateway, "api_keys", `id = '${id}'`)).toBe(0);
    expect(codeOf(await loginWithKey(gateway, secret))).toBe("INVALID_CREDENTIALS");
    expect(codeOf(await me(gateway, login.accessToken))).toBe("UNAUTHENTICATED");
  });
  it("leave nothing behind when they are deleted, or their user is", async () => {
    const [one, two] = [await createUsedKey(), await createUsedKey()];
    const { data } = await changeKey(gateway, "deleteApiKey", { id: one.id, token: one.owner.token });
    expect(data.deleteApiKey).toEqual({ id: one.owner.id, apiKeys: [] });
    await gateway.graph("mutation { deleteMe { deletedUserId } }", { token: two.owner.token });
    for (const { id, secret } of [one, two]) {
      expect(await countRows(gateway, "api_keys", `id = '${id}'`)).toBe(0);
      expect(await countRows(gateway, "identities", `subject = '${id}'`)).toBe(0);
      expect(codeOf(await loginWithKey(gateway, secret))).toBe("INVALID_CREDENTIALS");
    }
    expect(codeOf(await me(gateway, one.login.accessToken))).toBe("UNAUTHENTICATED");
  });
  it("are no sign-in method: the last real one cannot be unlinked beside them", async () => {
    const { owner } = await createUsedKey();
    const { data } = await gateway.graph("{ me { identities { id provider } } }", { token: owner.token });
    const email = data.me.identities.find((each: { provider: string }) => each.provider === "local-userpass");
    const answer = await gateway.graph("mutation ($id: ID!) { unlinkIdentity(identityId: $id) { id } }", {
      token: owner.token,
      variables: { id: email.id },
    });
    expect(codeOf(answer)).toBe("LAST_IDENTITY");
  });

  it("are no access token, and the answer says what to do", async () => {
    const { secret } = await createUsedKey();
    const answer = await me(gateway, secret);
    expect([codeOf(answer), answer.status]).toEqual(["UNAUTHENTICATED", 401]);
    expect(answer.errors?.[0]?.message).toContain("`login`");
  });
  it("cannot be linked, not even by their owner", async () => {
    const { owner, secret } = await createUsedKey();
    const guest = await loginAnonymously(gateway);
    for (const token of [owner.token, guest.accessToken]) {
      const answer = await gateway.graph(
        "mutation ($k: String!) { linkIdentity(credentials: { apiKey: { key: $k } }) { __typename } }",
        { token, variables: { k: secret } },
      );
      expect(codeOf(answer)).toBe("BAD_USER_INPUT");
    }
  });
  it("of a disabled user get USER_DISABLED", async () => {
    const { owner, secret } = await createUsedKey();
    await gateway.admin("mutation ($id: ID!) { disableUser(id: $id) { id } }", {
      variables: { id: owner.id },
    });
    expect(codeOf(await loginWithKey(gateway, secret))).toBe("USER_DISABLED");
  });

  describe("at the same time of a login", () => {
    /** Logs in, and changes the key after it was proved and before the login is decided. */
    const loginDuring = (secret: string, change: () => Promise<unknown>) => {
      const { services } = gateway.app;
      const deployed = services.providers.requireEnabled("api-key");
      let isFirst = true;
      return loginVerified(services, visitor, {
        deployed,
        verify: async () => {
          const verified = await prepareVerification(services, visitor, {
            deployed,
            credentials: { key: secret },
            caller: null,
          })();
          if (isFirst) await change();
          isFirst = false;
          return verified;
        },
      });
    };
    it.each(["disableApiKey", "deleteApiKey"])("%s wins: no session, and no new user", async (mutation) => {
      const { owner, id, secret } = await createUsedKey();
      const [users, sessions] = [await countRows(gateway, "users"), await countRows(gateway, "sessions")];
      const login = loginDuring(secret, () => changeKey(gateway, mutation, { id, token: owner.token }));
      await expect(login).rejects.toMatchObject({ code: "INVALID_CREDENTIALS" });
      expect(await countRows(gateway, "users")).toBe(users);
      expect(await countRows(gateway, "sessions")).toBeLessThanOrEqual(sessions);
    });
    it.each(["disableApiKey", "deleteApiKey"])(
      "%s leaves no active session, whichever request wins",
      async (mutation) => {
        const users: number[] = [];
        for (let round = 0; round < 8; round++) {
          const { owner, id, secret } = await createUsedKey();
          users.push(await countRows(gateway, "users"));
          const logins = Array.from({ length: 6 }, () => loginWithKey(gateway, secret));
          const change = changeKey(gateway, mutation, { id, token: owner.token });
          const answers = await Promise.all(logins);
          expect(codeOf(await change)).toBeUndefined();
          for (const answer of answers) {
            if (codeOf(answer)) expect(codeOf(answer)).toBe("INVALID_CREDENTIALS");
            else expect(codeOf(await me(gateway, answer.data.login.accessToken))).toBe("UNAUTHENTICATED");
          }
          expect(await countRows(gateway, "users")).toBe(users.at(-1));
        }
      },
    );
  });

  it("can be listed, disabled and deleted while the provider is off, and neither made nor used", async () => {
    const { owner, id, secret, login } = await createUsedKey();
    const deploy = async (enabled: boolean) => {
      await gateway.admin(
        'mutation ($e: Boolean!) { saveProvider(input: { name: "api-key", enabled: $e }) { baseVersion } }',
        { variables: { e: enabled } },
      );
      expect(codeOf(await gateway.admin("mutation { deploy { version } }"))).toBeUndefined();
    };
    await deploy(false);
    expect(codeOf(await loginWithKey(gateway, secret))).toBe("PROVIDER_DISABLED");
    expect(codeOf(await createKey(gateway, owner.token, "more"))).toBe("PROVIDER_DISABLED");
    expect((await me(gateway, login.accessToken)).data.me.id).toBe(owner.id);
    expect(await listKeys(owner.token)).toHaveLength(1);
    expect(codeOf(await changeKey(gateway, "disableApiKey", { id, token: owner.token }))).toBeUndefined();
    expect(codeOf(await changeKey(gateway, "deleteApiKey", { id, token: owner.token }))).toBeUndefined();
    await deploy(true);
  });
});

it("count failed logins by key, so that an old key does not lock out its neighbours", async () => {
  const database = await createDatabase("sqlite");
  const gateway = await startGateway({
    url: database.url,
    settings: { INITIAL_PROVIDERS: "anon-user,local-userpass,api-key", RATE_LIMITS: "failedLogins=3/300" },
  });
  const owner = await createOwner(gateway);
  const { secret } = (await createKey(gateway, owner.token)).data.createApiKey;
  const old = `pbk_${"x".repeat(43)}`;
  const codes = [];
  for (let attempt = 0; attempt < 5; attempt++) codes.push(codeOf(await loginWithKey(gateway, old)));
  expect(codes).toEqual([...Array(3).fill("INVALID_CREDENTIALS"), "RATE_LIMITED", "RATE_LIMITED"]);
  for (let login = 0; login < 5; login++) {
    expect((await loginWithKey(gateway, secret)).data.login.user.id).toBe(owner.id);
  }
  await gateway.stop();
  await database.drop();
});
