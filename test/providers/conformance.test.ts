/** The contract of every provider. The registry is iterated, so a new provider is tested by being in it. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { settingsSchema } from "../../src/deployments/configuration.ts";
import { errorCatalogue } from "../../src/errors.ts";
import type { CredentialsKind, Provider } from "../../src/identity/provider.ts";
import { providers } from "../../src/providers/index.ts";
import {
  type Answer,
  codeOf,
  countRows,
  createDatabase,
  databases,
  type Gateway,
  loginAnonymously,
  startGateway,
} from "../support/gateway.ts";
import { exampleSettings } from "../support/provider-settings.ts";

type Given = Record<string, unknown>;
/** Text that is no credential of anybody's. */
const strange = [
  "",
  " ",
  "\0",
  "a\0b",
  "\ud800",
  "‮ﷺ🏳️‍🌈",
  "' OR 1=1 --",
  "../../etc/passwd",
  "null",
  "x".repeat(60_000),
  `${btoa('{"alg":"none"}')}.${btoa('{"sub":"x"}')}.`,
  "eyJhbGciOiJFUzI1NiIsImtpZCI6IngifQ.eyJzdWIiOiJ4In0.AAAA",
];

const clientData = (challenge: string): string =>
  Buffer.from(JSON.stringify({ type: "webauthn.get", challenge, origin: "http://localhost:3000" })).toString(
    "base64url",
  );
const passkeyResponse = (changes: Given): Given => {
  const id = randomBytes(32).toString("base64url");
  return {
    id,
    rawId: id,
    type: "public-key",
    response: { clientDataJSON: clientData(id), authenticatorData: id, signature: id },
    ...changes,
  };
};

/** Of each kind: well-formed credentials that are unknown, and malformed ones. */
const samples: Readonly<
  Record<CredentialsKind, (name: string) => { wrong: readonly Given[]; garbage: readonly Given[] }>
> = {
  none: () => ({ wrong: [], garbage: [] }),
  emailPassword: () => ({
    wrong: [{ email: "unknown@example.com", password: "wrong horse battery" }],
    garbage: strange.flatMap((text) => [
      { email: text, password: "wrong horse battery" },
      { email: "unknown@example.com", password: text },
    ]),
  }),
  jwt: () => ({
    wrong: [{ token: "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4IiwiZXhwIjo5OTk5OTk5OTk5fQ.AAAA" }],
    garbage: strange.map((token) => ({ token })),
  }),
  idToken: (provider) => ({
    wrong: [{ provider, token: "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4IiwiZXhwIjo5OTk5OTk5OTk5fQ.AAAA" }],
    garbage: strange.flatMap((text) => [
      { provider, token: text },
      { provider, token: "a.b.c", nonce: text },
    ]),
  }),
  apiKey: () => ({
    wrong: [{ key: `pbk_${randomBytes(32).toString("base64url")}` }],
    garbage: strange.map((key) => ({ key })),
  }),
  emailOtp: () => ({
    wrong: [
      { email: "unknown@example.com", code: "123456" },
      { token: randomBytes(32).toString("base64url") },
    ],
    garbage: strange.flatMap((text) => [
      { email: text, code: "123456" },
      { email: "unknown@example.com", code: text },
      { token: text },
    ]),
  }),
  passkey: () => ({
    wrong: [{ response: passkeyResponse({}) }],
    garbage: strange.flatMap((text) => [
      { response: { text } },
      { response: passkeyResponse({ id: text, rawId: text }) },
      { response: passkeyResponse({ response: { clientDataJSON: text, attestationObject: text } }) },
      { response: passkeyResponse({ response: { clientDataJSON: clientData(text), signature: text } }) },
    ]),
  }),
  function: () => ({
    wrong: [{ payload: { ticket: "wrong" } }],
    garbage: strange.flatMap((text) => [{ payload: { text } }, { payload: { [text]: [{ text }] } }]),
  }),
};

/** A type of which operators add their own is tried under a name that one could give it. */
const isNamedByOperator = (provider: Provider): boolean =>
  "isNamedByOperator" in provider && provider.isNamedByOperator === true;
const cases = providers.map((provider) => {
  const name = isNamedByOperator(provider) ? "conformance" : provider.name;
  const type = isNamedByOperator(provider) ? provider.type : undefined;
  return { name, provider, type, ...samples[provider.credentials](name) };
});
const byName = cases.map((each) => [each.provider.name, each] as const);

describe("the registry", () => {
  it("has each name and each type once, as one word for every surface", () => {
    for (const names of [providers.map(({ name }) => name), providers.map(({ type }) => type)]) {
      expect(new Set(names).size).toBe(names.length);
      for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9-]{1,48}$/);
    }
  });
  it.each(byName)("says of %s what an operator and a login screen need", (_, { provider }) => {
    expect(provider.displayName).toMatch(/\S/);
    const schema = settingsSchema(provider);
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
    expect(schema).toMatchObject({ type: "object", additionalProperties: false });
    for (const [name, property] of Object.entries((schema.properties ?? {}) as Record<string, Given>)) {
      expect([name, property.title]).toEqual([name, expect.stringMatching(/\S/)]);
    }
  });
  it.each(byName)("marks the secrets of %s", (_, { provider }) => {
    const properties = (settingsSchema(provider).properties ?? {}) as Record<string, Given>;
    for (const [name, property] of Object.entries(properties)) {
      // `minPasswordLength` and `passwordReset` are about passwords, and hold none.
      const soundsSecret = /(secret|password|privatekey|apikey)$/i.test(name);
      expect([name, property.secret === true]).toEqual([name, soundsSecret]);
    }
  });
  it.each(byName)("is answered by %s with an account of few characters, or none", (_, given) => {
    for (const credentials of [...given.wrong, ...given.garbage]) {
      expect(given.provider.accountOf(credentials).length).toBeLessThanOrEqual(320);
    }
  });
});

describe.each(databases)("on %s", (database) => {
  let gateway: Gateway;
  let stored: Awaited<ReturnType<typeof createDatabase>>;
  beforeAll(async () => {
    stored = await createDatabase(database);
    gateway = await startGateway({ url: stored.url, settings: { INITIAL_PROVIDERS: "anon-user" } });
  });
  afterAll(async () => {
    await gateway.stop();
    await stored.drop();
  });

  const send = (mutation: "login" | "linkIdentity", kind: string, given: Given, token?: string) =>
    gateway.graph(`mutation ($c: Credentials!) { ${mutation}(credentials: $c) { __typename } }`, {
      token,
      variables: { c: { [kind]: given } },
    });
  async function deploy({ name, type }: (typeof cases)[number], enabled: boolean, settings: Given) {
    const input = { name, ...(type && { type }), enabled, settings };
    const saved = await gateway.admin(
      "mutation ($i: SaveProviderInput!) { saveProvider(input: $i) { changes { provider field before after } } }",
      { variables: { i: input } },
    );
    expect(saved.errors).toBeUndefined();
    const deployed = await gateway.admin("mutation { deploy { version } }");
    if (codeOf(deployed) === "NOTHING_TO_DEPLOY") await gateway.admin("mutation { discardDraft }");
    else expect(deployed.errors).toBeUndefined();
    return saved;
  }
  const isRejection = (answer: Answer): boolean => {
    const code = String(codeOf(answer));
    return code in errorCatalogue && code !== "INTERNAL_SERVER_ERROR";
  };

  describe.each(byName)("%s", (_, each) => {
    const { provider, wrong, garbage } = each;
    const settings = exampleSettings(provider);

    it("says PROVIDER_DISABLED before it looks at credentials", async () => {
      await deploy(each, false, settings);
      for (const given of [...wrong, ...garbage]) {
        expect(codeOf(await send("login", provider.credentials, given))).toBe("PROVIDER_DISABLED");
      }
    });
    it("never shows its secrets", async () => {
      const secrets = Object.entries((settingsSchema(provider).properties ?? {}) as Record<string, Given>)
        .filter(([name, property]) => property.secret === true && settings[name] !== undefined)
        .map(([name]) => String(settings[name]));
      const saved = await deploy(each, true, settings);
      const shown = [
        saved,
        await gateway.admin(
          "{ providers { settings draftSettings } deployments { edges { node { changes { before after } } } } }",
        ),
        await gateway.app.database.reads.query("SELECT * FROM deployments"),
      ];
      for (const secret of secrets) expect(JSON.stringify(shown)).not.toContain(secret);
    });
    it("takes wrong credentials for INVALID_CREDENTIALS or SERVICE_UNAVAILABLE, and makes no user", async () => {
      await deploy(each, true, settings);
      const users = await countRows(gateway, "users");
      for (const given of wrong) {
        expect(codeOf(await send("login", provider.credentials, given))).toMatch(
          /^(INVALID_CREDENTIALS|SERVICE_UNAVAILABLE)$/,
        );
      }
      expect(await countRows(gateway, "users")).toBe(users);
    });
    it("rejects garbage, long text and NUL without an error of its own, in logins and links", async () => {
      await deploy(each, true, settings);
      const { accessToken } = await loginAnonymously(gateway);
      const users = await countRows(gateway, "users");
      for (const given of garbage) {
        const answer = await send("login", provider.credentials, given);
        expect([given, codeOf(answer), isRejection(answer)]).toEqual([given, expect.anything(), true]);
        const link = await send("linkIdentity", provider.credentials, given, accessToken);
        if (link.errors)
          expect([given, codeOf(link), isRejection(link)]).toEqual([given, expect.anything(), true]);
      }
      expect(await countRows(gateway, "users")).toBe(users);
    });
    it.each([[{}], [null], ["text"], [7], [[]]])(
      "rejects %j, which has not even its shape",
      async (given) => {
        if (provider.credentials === "none") return;
        const answer = await send("login", provider.credentials, given as Given);
        // A code has its email and a link has none, so the schema cannot require a field of them.
        const isDocument = provider.credentials === "emailOtp" && JSON.stringify(given) === "{}";
        expect([codeOf(answer), answer.status]).toEqual(["BAD_USER_INPUT", isDocument ? 200 : 400]);
      },
    );
  });
});
