/** Providers that need the GraphQL API: the Realm protocol says so, and changes nothing. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createKey, register, use } from "../support/authenticator.ts";
import { deployCodes, mailCode } from "../support/email-codes.ts";
import {
  countRows,
  createDatabase,
  databases,
  deployProvider,
  type Gateway,
  loginAnonymously,
  startGateway,
} from "../support/gateway.ts";
import { type MailServer, startMailServer } from "../support/mail-server.ts";
import { createOwner, deployPasskeys, loginOptions, registrationOptions, site } from "../support/passkeys.ts";
import { APP, AUTH, send } from "../support/realm.ts";

describe.each(databases)("on %s", (name) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let mailServer: MailServer;
  beforeAll(async () => {
    [database, mailServer] = await Promise.all([createDatabase(name), startMailServer()]);
    gateway = await startGateway({ url: database.url, settings: mailServer.settings });
    await deployPasskeys(gateway);
    await deployCodes(gateway);
  });
  afterAll(async () => {
    await gateway.stop();
    await Promise.all([database.drop(), mailServer.down()]);
  });

  const enter = async () =>
    (await send(gateway, "POST", `${APP}/auth/providers/anon-user/login`, { body: {} })).json;
  const count = (): Promise<number[]> =>
    Promise.all(["users", "identities", "sessions"].map((table) => countRows(gateway, table)));

  const passkeyOf = async (): Promise<object> => {
    const key = createKey();
    await createOwner(gateway, key);
    return { response: use(key, await loginOptions(gateway), site) };
  };
  const newPasskey = async (): Promise<object> => {
    const { accessToken } = await loginAnonymously(gateway);
    return { response: register(createKey(), await registrationOptions(gateway, accessToken), site) };
  };
  const code = async (): Promise<object> => {
    const { email, code, token } = await mailCode(gateway, mailServer, "ada@example.com");
    return { email, code, token };
  };
  const cases: [provider: string, what: string, credentials: () => Promise<object>, error: RegExp][] = [
    ["passkey", "that would log in", passkeyOf, /^passkeys need the GraphQL API/],
    ["passkey", "that is new", newPasskey, /^passkeys need the GraphQL API/],
    ["passkey", "without anything", async () => ({}), /^passkeys need the GraphQL API/],
    ["email-otp", "that would log in", code, /^codes by email need the GraphQL API/],
  ];

  it.each(cases)(
    "a %s %s is 400 InvalidParameter at a login and a link",
    async (provider, _, make, error) => {
      const path = `${APP}/auth/providers/${provider}/login`;
      const body = await make();
      const realm = await enter();
      const before = await count();
      for (const [route, token] of [
        [path, undefined],
        [`${path}?link=true`, realm.access_token],
      ]) {
        const reply = await send(gateway, "POST", route, { body, ...(token && { token }) });
        expect([reply.status, reply.json.error_code]).toEqual([400, "InvalidParameter"]);
        expect(reply.json.error).toMatch(error);
      }
      expect(await count()).toEqual(before);
      const profile = await send(gateway, "GET", `${AUTH}/profile`, { token: realm.access_token });
      expect(profile.json.type).toBe("normal");
      expect(profile.json.identities).toHaveLength(1);
    },
  );

  it("a passkey of a provider that is off is an error of that, not of the passkey", async () => {
    await deployProvider(gateway, "passkey", false);
    const reply = await send(gateway, "POST", `${APP}/auth/providers/passkey/login`, { body: {} });
    expect([reply.status, reply.json.error]).toEqual([403, "This provider is disabled."]);
  });
});
