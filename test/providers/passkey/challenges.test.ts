/** Challenges of passkeys over HTTP: used once, by whom they were given to, within their time and limits. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { createKey, register, use } from "../../support/authenticator.ts";
import {
  codeOf,
  countRows,
  createDatabase,
  databases,
  deployProvider,
  type Gateway,
  loginAnonymously,
  me,
  startGateway,
} from "../../support/gateway.ts";
import {
  createOwner,
  deployPasskeys,
  linkWith,
  loginByPasskey,
  loginOptions,
  loginWith,
  registrationOptions,
  requestRegistration,
  site,
} from "../../support/passkeys.ts";

describe.each(databases)("on %s", (name) => {
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
  beforeEach(() => deployPasskeys(gateway));

  describe("a challenge", () => {
    it("is used once, also by a failed attempt", async () => {
      const key = createKey();
      await createOwner(gateway, key);
      const [first, second] = [await loginOptions(gateway), await loginOptions(gateway)];
      expect(codeOf(await loginWith(gateway, use(key, first, site)))).toBeUndefined();
      expect(codeOf(await loginWith(gateway, use(key, first, site)))).toBe("INVALID_CREDENTIALS");
      const wrong = use(key, second, site, { origin: "https://evil.example" });
      expect(codeOf(await loginWith(gateway, wrong))).toBe("INVALID_CREDENTIALS");
      expect(codeOf(await loginWith(gateway, use(key, second, site)))).toBe("INVALID_CREDENTIALS");
    });
    it("lets one of ten simultaneous logins through", async () => {
      const key = createKey();
      await createOwner(gateway, key);
      const response = use(key, await loginOptions(gateway), site);
      const answers = await Promise.all(Array.from({ length: 10 }, () => loginWith(gateway, response)));
      expect(answers.filter((answer) => codeOf(answer) === undefined)).toHaveLength(1);
    });
    it("expires after five minutes, for logins and registrations", async () => {
      const key = createKey();
      await createOwner(gateway, key);
      const [soon, late] = [await loginOptions(gateway), await loginOptions(gateway)];
      const guest = await loginAnonymously(gateway);
      const registration = await registrationOptions(gateway, guest.accessToken);
      gateway.clock.advance({ seconds: 299 });
      expect(codeOf(await loginWith(gateway, use(key, soon, site)))).toBeUndefined();
      gateway.clock.advance({ seconds: 1 });
      expect(codeOf(await loginWith(gateway, use(key, late, site)))).toBe("INVALID_CREDENTIALS");
      const answer = await linkWith(gateway, guest.accessToken, register(createKey(), registration, site));
      expect(codeOf(answer)).toBe("INVALID_CREDENTIALS");
    });
    it("of a registration does not start a login, nor that of a login a registration", async () => {
      const key = createKey();
      const owner = await createOwner(gateway, key);
      const registration = await registrationOptions(gateway, owner.accessToken);
      const login = await loginOptions(gateway);
      const assertion = use(key, registration, site);
      expect(codeOf(await loginWith(gateway, assertion))).toBe("INVALID_CREDENTIALS");
      expect(codeOf(await linkWith(gateway, owner.accessToken, assertion))).toBe("INVALID_CREDENTIALS");
      const created = register(createKey(), login, site);
      expect(codeOf(await linkWith(gateway, owner.accessToken, created))).toBe("INVALID_CREDENTIALS");
    });
    it("of a registration belongs to the session that asked, and is left to it", async () => {
      const [guest, other] = [await loginAnonymously(gateway), await loginAnonymously(gateway)];
      const response = register(createKey(), await registrationOptions(gateway, guest.accessToken), site);
      expect(codeOf(await linkWith(gateway, other.accessToken, response))).toBe("INVALID_CREDENTIALS");
      expect(codeOf(await loginWith(gateway, response))).toBe("INVALID_CREDENTIALS");
      expect((await me(gateway, other.accessToken)).data.me.isAnonymous).toBe(true);
      const linked = await linkWith(gateway, guest.accessToken, response);
      expect(linked.data.linkIdentity.user.id).toBe(guest.id);
    });
    it("survives a restart, and ends with a change of the settings", async () => {
      const key = createKey();
      await createOwner(gateway, key);
      const [first, second] = [await loginOptions(gateway), await loginOptions(gateway)];
      const other = await startGateway({ url: database.url, clock: gateway.clock });
      const answer = await loginWith(other, use(key, first, site)).finally(() => other.stop());
      expect(codeOf(answer)).toBeUndefined();
      await deployPasskeys(gateway, { rpName: "Other" });
      expect(codeOf(await loginWith(gateway, use(key, second, site)))).toBe("INVALID_CREDENTIALS");
    });
    it("cannot complete a redirect, nor a state a login", async () => {
      const { challenge } = await loginOptions(gateway);
      const answer = await gateway.graph(
        'mutation ($s: String!) { completeOAuth(code: "c", state: $s) { __typename } }',
        { variables: { s: challenge } },
      );
      expect(codeOf(answer)).toBe("OAUTH_STATE_INVALID");
    });
    it("of a user who is deleted meanwhile is UNAUTHENTICATED", async () => {
      const flows = () => countRows(gateway, "login_flows");
      const before = await flows();
      const codes = new Set<string | undefined>();
      for (let round = 0; round < 20; round++) {
        const { accessToken: token } = await loginAnonymously(gateway);
        const deleted = gateway.graph("mutation { deleteMe { deletedUserId } }", { token });
        const [answer] = await Promise.all([requestRegistration(gateway, token), deleted]);
        codes.add(codeOf(answer));
      }
      codes.delete(undefined);
      expect([...codes]).toEqual(codes.size ? ["UNAUTHENTICATED"] : []);
      expect(await flows()).toBe(before);
    });
    it("is PROVIDER_DISABLED once the provider is off", async () => {
      const key = createKey();
      const owner = await createOwner(gateway, key);
      const options = await loginOptions(gateway);
      await deployProvider(gateway, "passkey", false);
      expect(codeOf(await loginWith(gateway, use(key, options, site)))).toBe("PROVIDER_DISABLED");
      expect(codeOf(await requestRegistration(gateway, owner.accessToken))).toBe("PROVIDER_DISABLED");
    });
  });

  it("limits wrong passkeys and challenges, and never a right passkey", async () => {
    const limited = await startGateway({
      url: database.url,
      clock: gateway.clock,
      settings: { RATE_LIMITS: "failedLogins=2/300,challenges=6/600" },
    });
    try {
      const [owned, unknown] = [createKey(), createKey()];
      await createOwner(limited, owned);
      const wrong = () => loginByPasskey(limited, unknown);
      expect([codeOf(await wrong()), codeOf(await wrong()), codeOf(await wrong())]).toEqual([
        ...["INVALID_CREDENTIALS", "INVALID_CREDENTIALS"],
        "RATE_LIMITED",
      ]);
      expect(codeOf(await loginByPasskey(limited, owned))).toBeUndefined();
      await loginOptions(limited);
      await expect(loginOptions(limited)).rejects.toThrow("RATE_LIMITED");
    } finally {
      await limited.stop();
    }
  });
});
