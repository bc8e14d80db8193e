/** Tokens as the documentation of App Services shows them: `aud`, `exp` and `sub`, data in an object, no issuer. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { SignJWT } from "jose";
import {
  codeOf,
  countRows,
  createDatabase,
  databases,
  deployProvider,
  type Gateway,
  startGateway,
} from "../support/gateway.ts";
import { APP, AUTH, send } from "../support/realm.ts";

const secret = "a-signing-key-of-at-least-32-characters";
const settings = { algorithms: ["HS256"], secret };

describe.each(databases)("on %s", (databaseName) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  beforeAll(async () => {
    database = await createDatabase(databaseName);
    gateway = await startGateway({ url: database.url });
  });
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });

  const sign = (claims: object, { key = secret, alg = "HS256" } = {}): Promise<string> =>
    new SignJWT({
      aud: "myapp-abcde",
      exp: Math.floor(+gateway.clock.now() / 1_000) + 3_600,
      sub: "24601",
      ...claims,
    })
      .setProtectedHeader({ alg, typ: "JWT" })
      .sign(new TextEncoder().encode(key));
  const logIn = async (claims: object, how?: Parameters<typeof sign>[1]) =>
    gateway.graph(
      "mutation ($t: String!) { login(credentials: { jwt: { token: $t } }) { user { id profile } } }",
      { variables: { t: await sign(claims, how) } },
    );

  it("a provider without an issuer takes tokens of any issuer and of none, and the keys decide", async () => {
    await deployProvider(gateway, "custom-token", true, { ...settings, audience: ["myapp-abcde"] });
    const { data } = await logIn({});
    expect(data.login.user.id).toBeTruthy();
    expect((await logIn({ iss: "https://id.example.com" })).data.login.user.id).toBe(data.login.user.id);
    const users = await countRows(gateway, "users");
    expect(codeOf(await logIn({}, { key: secret.replace("a", "b") }))).toBe("INVALID_CREDENTIALS");
    expect(codeOf(await logIn({}, { alg: "HS512" }))).toBe("INVALID_CREDENTIALS");
    for (const claim of ["aud", "exp", "sub"]) {
      expect(codeOf(await logIn({ sub: "another", [claim]: undefined }))).toBe("INVALID_CREDENTIALS");
    }
    expect(await countRows(gateway, "users")).toBe(users);
  });

  it("a provider with an issuer takes no token without one", async () => {
    await deployProvider(gateway, "custom-token", true, { ...settings, issuer: "https://id.example.com" });
    expect(codeOf(await logIn({}))).toBe("INVALID_CREDENTIALS");
    expect(codeOf(await logIn({ iss: "https://evil.example.com" }))).toBe("INVALID_CREDENTIALS");
    expect(codeOf(await logIn({ iss: "https://id.example.com" }))).toBeUndefined();
  });

  it.each([
    [false, "one", undefined],
    [false, ["two", "three"], undefined],
    [false, "three", "INVALID_CREDENTIALS"],
    [true, "one", "INVALID_CREDENTIALS"],
    [true, ["one"], "INVALID_CREDENTIALS"],
    [true, ["one", "three"], "INVALID_CREDENTIALS"],
    [true, ["three", "two", "one"], undefined],
  ])("with requireAllAudiences %s, aud %j gives %s", async (requireAllAudiences, aud, code) => {
    const wanted = { ...settings, audience: ["one", "two"], requireAllAudiences };
    await deployProvider(gateway, "custom-token", true, wanted).catch((error: Error) =>
      expect(error.message).toMatch(/equal to what is live/),
    );
    expect(codeOf(await logIn({ aud }))).toBe(code);
  });

  it("claims within objects reach the profile of the graph and of the Realm protocol", async () => {
    await deployProvider(gateway, "custom-token", true, {
      ...settings,
      profileClaims: { "user_data.name": "name", "user_data.aliases": "aliases", "user_data.age": "age" },
    });
    const claims = {
      sub: "with data",
      user_data: { name: "Jean Valjean", aliases: ["Monsieur Madeleine", "Urbain Fabre"] },
    };
    const profile = { name: "Jean Valjean", aliases: ["Monsieur Madeleine", "Urbain Fabre"] };
    expect((await logIn(claims)).data.login.user.profile).toEqual(profile);
    const { json } = await send(gateway, "POST", `${APP}/auth/providers/custom-token/login`, {
      body: { token: await sign(claims) },
    });
    const shown = await send(gateway, "GET", `${AUTH}/profile`, { token: json.access_token });
    expect(shown.json.data).toEqual(profile);
    expect(shown.json.identities).toMatchObject([{ id: "with data", provider_type: "custom-token" }]);
  });

  it("a token without a required claim is rejected, naming the claim", async () => {
    await deployProvider(gateway, "custom-token", true, {
      ...settings,
      requiredClaims: ["user_data.name", String.raw`a\.b`],
    });
    const users = await countRows(gateway, "users");
    for (const user_data of [undefined, {}, { name: null }, "Jean"]) {
      const { errors } = await logIn({ sub: "new", user_data, "a.b": 1 });
      expect(errors?.[0]).toMatchObject({
        message: "The token has no value for `user_data.name`, which is required.",
        extensions: { code: "INVALID_CREDENTIALS" },
      });
    }
    expect(codeOf(await logIn({ sub: "new", user_data: { name: "Jean" }, a: { c: 1 } }))).toBe(
      "INVALID_CREDENTIALS",
    );
    expect(await countRows(gateway, "users")).toBe(users);
    expect(codeOf(await logIn({ sub: "new", user_data: { name: "Jean" }, "a.b": 1 }))).toBeUndefined();
  });

  it("a profile field that every object inherits is rejected when it is saved", async () => {
    const saved = deployProvider(gateway, "custom-token", true, {
      ...settings,
      profileClaims: { name: "__proto__" },
    });
    await expect(saved).rejects.toThrow(/__proto__/);
  });
});
