/** Configurations in the shapes of App Services' documentation: what an import makes of them works, and is never looser. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { SignJWT } from "jose";
import { maskSettings } from "../../src/deployments/configuration.ts";
import { parseProvidersJson } from "../../src/import/providers-json.ts";
import { operator } from "../support/contexts.ts";
import { codeOf, createDatabase, databases, type Gateway, startGateway } from "../support/gateway.ts";
import { APP, AUTH, send } from "../support/realm.ts";

const APP_ID = "passerby";
const KEY = "the-signing-key-of-an-app-that-moves";
const key2 = "another-signing-key-of-the-same-app!!";

const documented = {
  "anon-user": { name: "anon-user", type: "anon-user", disabled: false },
  "local-userpass": {
    name: "local-userpass",
    type: "local-userpass",
    disabled: false,
    config: {
      autoConfirm: true,
      emailConfirmationUrl: "",
      confirmEmailSubject: "Welcome",
      runConfirmationFunction: false,
      confirmationFunctionName: "confirm",
      resetPasswordUrl: "https://app.example.com/reset",
      resetPasswordSubject: "",
      runResetFunction: false,
      resetFunctionName: "",
    },
  },
  "api-key": { name: "api-key", type: "api-key", disabled: false },
  "custom-token": {
    name: "custom-token",
    type: "custom-token",
    disabled: false,
    config: {
      audience: "",
      requireAnyAudience: false,
      signingAlgorithm: "HS256",
      useJWKURI: false,
      jwkURI: "",
    },
    secret_config: { signingKeys: ["jwtKey"] },
    metadata_fields: [
      { required: true, name: "user_data.name", field_name: "name" },
      { required: false, name: "user_data.aliases" },
      { required: false, name: String.raw`valid\.json\.key.nested_key` },
    ],
  },
  "custom-function": {
    name: "custom-function",
    type: "custom-function",
    disabled: false,
    config: { authFunctionName: "logMeIn" },
  },
  "oauth2-google": {
    name: "oauth2-google",
    type: "oauth2-google",
    disabled: false,
    config: { clientId: "1234.apps.googleusercontent.com", openId: false },
    secret_config: { clientSecret: "googleSecret" },
    metadata_fields: [
      { name: "first_name", required: true },
      { name: "email", required: true },
      { name: "birthday", required: "false" },
    ],
    redirect_uris: ["https://app.example.com/done"],
    domain_restrictions: ["Example1.com", "example2.com"],
  },
  "oauth2-facebook": {
    name: "oauth2-facebook",
    type: "oauth2-facebook",
    disabled: false,
    config: { clientId: "4711" },
    secret_config: { clientSecret: "facebookSecret" },
    metadata_fields: [],
    redirect_uris: [],
    domain_restrictions: [],
  },
  "oauth2-apple": {
    name: "oauth2-apple",
    type: "oauth2-apple",
    disabled: false,
    config: { clientId: "com.example.app" },
    secret_config: { clientSecret: "appleSecret" },
    redirect_uris: [],
  },
};

const withConfig = (type: keyof typeof documented, config: object, more: object = {}) => ({
  [type]: {
    ...documented[type],
    ...more,
    config: { ...(documented[type] as { config?: object }).config, ...config },
  },
});

describe.each(databases)("on %s", (databaseName) => {
  let gateway: Gateway;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  beforeAll(async () => {
    database = await createDatabase(databaseName);
    gateway = await startGateway({ url: database.url, settings: { APP_ID } });
  });
  afterEach(() => gateway.app.services.deployments.discardDraft(operator));
  afterAll(async () => {
    await gateway.stop();
    await database.drop();
  });

  const importFile = async (file: object, secrets: Record<string, string> = { jwtKey: KEY }) => {
    const inputs = parseProvidersJson(JSON.stringify(file), "providers.json", { appId: APP_ID, secrets });
    const outcome = await gateway.app.services.deployments.importProviders(operator, inputs);
    const states = await gateway.app.services.deployments.states();
    const drafted = (name: string) => {
      const draft = states.find(({ provider }) => provider.name === name)?.draft;
      return { enabled: draft?.enabled, settings: maskSettings(draft?.settings ?? {}) };
    };
    const input = (name: string) => inputs.find((each) => each.name === name);
    return { ...outcome, drafted, input };
  };

  it("the documented configuration is taken, and all but the function is on", async () => {
    const { drafted, disabled, input } = await importFile(documented);
    const on = Object.keys(documented).filter((name) => drafted(name).enabled);
    expect(on).toEqual(Object.keys(documented).filter((name) => name !== "custom-function"));
    expect(disabled).toEqual({ "custom-function": ["url: Required", "secret: Required"] });
    expect(drafted("local-userpass").settings).toEqual({
      confirmation: "automatic",
      resetUrl: "https://app.example.com/reset",
      passwordReset: "email",
      minPasswordLength: 6,
      refuseCommonPasswords: false,
    });
    expect(drafted("custom-token").settings).toMatchObject({
      audience: [APP_ID],
      algorithms: ["HS256"],
      secret: "•••",
      profileClaims: {
        "user_data.name": "name",
        "user_data.aliases": "aliases",
        "valid\\.json\\.key.nested_key": "nested_key",
      },
      requiredClaims: ["user_data.name"],
    });
    expect(drafted("custom-token").settings).not.toHaveProperty("issuer");
    expect(drafted("oauth2-google").settings).toMatchObject({
      clientIds: ["1234.apps.googleusercontent.com"],
      profileClaims: { given_name: "first_name", email: "email" },
      emailDomains: ["example1.com", "example2.com"],
      redirectUris: [],
    });
    // Whatever is not carried over is said.
    for (const [provider, words] of [
      ["local-userpass", ["minPasswordLength", "confirmEmailSubject", "confirmationFunctionName"]],
      ["custom-token", ["audience"]],
      ["custom-function", ["logMeIn"]],
      ["oauth2-google", ["ID tokens only", "clientSecret", "redirect_uris", "birthday"]],
      ["oauth2-facebook", ["ID tokens only", "clientSecret"]],
      ["oauth2-apple", ["clientSecret"]],
    ] as const) {
      for (const word of words) expect(input(provider)?.notes.join("\n")).toContain(word);
    }
  });

  it("its passwords and tokens log in, once it is deployed, by the Realm protocol", async () => {
    await importFile(documented);
    await gateway.app.services.deployments.deploy(operator, { note: null });
    const userpass = `${APP}/auth/providers/local-userpass`;
    for (const password of ["doh123!", "passw0rd", "abcdef"]) {
      const email = `${password.replace("!", "")}@example.com`;
      expect(
        (await send(gateway, "POST", `${userpass}/register`, { body: { email, password } })).status,
      ).toBe(201);
      const body = { username: email, password };
      expect((await send(gateway, "POST", `${userpass}/login`, { body })).status).toBe(200);
    }
    const sign = (claims: object): Promise<string> =>
      new SignJWT({
        aud: APP_ID,
        exp: Math.floor(+gateway.clock.now() / 1_000) + 60,
        sub: "24601",
        ...claims,
      })
        .setProtectedHeader({ alg: "HS256", typ: "JWT" })
        .sign(new TextEncoder().encode(KEY));
    const logIn = async (claims: object) =>
      send(gateway, "POST", `${APP}/auth/providers/custom-token/login`, {
        body: { token: await sign(claims) },
      });
    const user_data = { name: "Jean Valjean", aliases: ["Monsieur Madeleine"] };
    const { status, json } = await logIn({ user_data });
    expect(status).toBe(200);
    const profile = await send(gateway, "GET", `${AUTH}/profile`, { token: json.access_token });
    expect(profile.json.data).toEqual(user_data);
    expect((await logIn({})).status).toBe(401);
    expect((await logIn({ user_data, aud: "another-app" })).status).toBe(401);
    expect((await logIn({ user_data, aud: undefined })).status).toBe(401);
  });

  it.each([
    ["all of them without the flag", { audience: ["one", "two"] }, ["one", "two"], true],
    ["all of them", { audience: ["one", "two"], requireAnyAudience: false }, ["one", "two"], true],
    ["any of them", { audience: ["one", "two"], requireAnyAudience: true }, ["one", "two"], false],
    [
      "all of them when the flag is a text",
      { audience: ["one", "two"], requireAnyAudience: "true" },
      ["one", "two"],
      true,
    ],
    ["one", { audience: "one" }, ["one"], false],
    ["the app id for an empty text", { audience: "" }, [APP_ID], false],
    ["the app id for an empty list", { audience: [] }, [APP_ID], false],
    ["the app id for a list of nothing", { audience: [""], requireAnyAudience: true }, [APP_ID], false],
    ["the app id for null", { audience: null }, [APP_ID], false],
    ["the app id when there is none", { audience: undefined }, [APP_ID], false],
  ])("audiences: %s", async (_, config, audience, requireAllAudiences) => {
    const { drafted } = await importFile(withConfig("custom-token", config));
    expect(drafted("custom-token")).toMatchObject({
      enabled: true,
      settings: { audience, requireAllAudiences },
    });
  });

  it("keys at an address are RS256, whatever is left over beside it, and an old secret goes", async () => {
    const config = { useJWKURI: true, jwkURI: "https://id.example.com/jwks.json" };
    const { drafted } = await importFile(withConfig("custom-token", config));
    expect(drafted("custom-token")).toMatchObject({
      enabled: true,
      settings: { jwksUrl: config.jwkURI, algorithms: ["RS256"] },
    });
    expect(drafted("custom-token").settings).not.toHaveProperty("secret");
  });

  it("of several signing keys one is taken, and it is said that the others are rejected", async () => {
    const { drafted, input } = await importFile(
      withConfig("custom-token", {}, { secret_config: { signingKeys: ["old", "jwtKey"] } }),
      { old: key2, jwtKey: KEY },
    );
    expect(drafted("custom-token").enabled).toBe(true);
    expect(input("custom-token")?.notes.join()).toMatch(
      /"old"; tokens signed by another of the 2 are rejected/,
    );
  });

  it.each([
    [
      "a function that decides who registers",
      "local-userpass",
      { autoConfirm: false, runConfirmationFunction: true },
      /"confirm" decided who may register/,
    ],
    ["confirmation without a page", "local-userpass", { autoConfirm: false }, /confirmUrl/],
    ["confirmation that nothing is said of", "local-userpass", { autoConfirm: undefined }, /confirmUrl/],
    ["an unknown setting", "local-userpass", { minimumAge: 18 }, /minimumAge/],
    ["an unknown setting of tokens", "custom-token", { requiredScopes: ["a"] }, /requiredScopes/],
    ["keys over http", "custom-token", { useJWKURI: true, jwkURI: "http://id.example.com/jwks" }, /https/],
    ["keys at no address", "custom-token", { useJWKURI: true, jwkURI: "" }, /jwksUrl/],
    ["an algorithm that is none", "custom-token", { signingAlgorithm: "none" }, /algorithms/],
    ["no client", "oauth2-google", { clientId: "" }, /clientIds/],
    ["no function", "custom-function", { authFunctionName: "" }, /url: Required/],
  ] as const)("%s keeps the provider off, and the rest comes", async (_, type, config, reason) => {
    // Nothing is stored from before that could stand in for what is missing.
    const { drafted, input, disabled } = await importFile({
      ...withConfig(type, config),
      "anon-user": { type: "anon-user", disabled: true },
    });
    expect(drafted(type).enabled).toBe(false);
    expect([...(input(type)?.obstacles ?? []), ...(disabled[type] ?? [])].join()).toMatch(reason);
    expect(drafted("anon-user").enabled).toBe(false);
  });

  it.each(["oauth2-facebook", "oauth2-apple"] as const)(
    "restrictions to domains keep %s off, which cannot be limited",
    async (type) => {
      for (const more of [
        { domain_restrictions: ["example.com"] },
        { domainRestrictions: ["example.com"] },
      ]) {
        const { drafted, input } = await importFile(withConfig(type, {}, more));
        expect(drafted(type).enabled).toBe(false);
        expect(input(type)?.obstacles.join()).toMatch(/domain_restrictions/);
        await gateway.app.services.deployments.discardDraft(operator);
      }
    },
  );

  it("an unknown field beside the settings keeps the provider disabled", async () => {
    const { drafted, input } = await importFile(
      withConfig("oauth2-google", {}, { allowed_groups: ["staff"], id: "5f" }),
    );
    expect(drafted("oauth2-google").enabled).toBe(false);
    expect(input("oauth2-google")?.obstacles).toEqual([expect.stringMatching(/^allowed_groups: /)]);
  });

  it("where a function reset passwords users cannot request a reset email, and those of operators still work", async () => {
    await importFile(withConfig("local-userpass", { runResetFunction: true, resetFunctionName: "reset" }));
    await gateway.app.services.deployments.deploy(operator, { note: null });
    const asked = await gateway.graph(
      'mutation { requestPasswordReset(email: "passw0rd@example.com") { email } }',
    );
    expect(codeOf(asked)).toBe("FORBIDDEN");
    const reply = await send(gateway, "POST", `${APP}/auth/providers/local-userpass/reset/send`, {
      body: { email: "passw0rd@example.com" },
    });
    expect([reply.status, reply.json.error]).toEqual([400, "please use reset password via function"]);
  });

  it("a provider of its own file, and a list as the Admin API gives it, are read too", async () => {
    for (const file of [
      documented["local-userpass"],
      [documented["local-userpass"], documented["anon-user"]],
    ]) {
      const inputs = parseProvidersJson(JSON.stringify(file));
      expect(inputs[0]).toMatchObject({ name: "local-userpass", enabled: true });
    }
    expect(parseProvidersJson(`\ufeff${JSON.stringify(documented)}`)).toHaveLength(8);
    expect(() => parseProvidersJson("[".repeat(10_000))).toThrow(/nested too deep/);
  });
});
