/** providers.json of an app of App Services: what it says of providers that are off is no reason to refuse it. */
import { afterAll, afterEach, beforeAll, expect, it } from "@jest/globals";
import { findNamedSecrets, parseProvidersJson } from "../../src/deployments/providers-json.ts";
import { ProviderSettingsError } from "../../src/deployments/setting-problems.ts";
import { createDatabase, type Gateway, startGateway } from "../support/gateway.ts";

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url });
});
afterEach(() => gateway.app.services.deployments.discardDraft());
afterAll(async () => {
  await gateway.stop();
  await database.drop();
});

const importFile = (file: object) =>
  gateway.app.services.deployments.importProviders(parseProvidersJson(JSON.stringify(file)), "a test");

const exported = {
  "anon-user": { name: "anon-user", type: "anon-user", disabled: false },
  "custom-function": {
    name: "custom-function",
    type: "custom-function",
    disabled: true,
    config: { authFunctionName: "login", authFunctionId: "5f" },
  },
  "custom-token": {
    name: "custom-token",
    type: "custom-token",
    disabled: true,
    config: { signingAlgorithm: "HS256", useJWKURI: false, jwkURI: "", audience: [] },
    secret_config: { signingKeys: ["nameOfASecret"] },
  },
  "local-userpass": {
    name: "local-userpass",
    type: "local-userpass",
    disabled: true,
    config: { autoConfirm: true, resetFunctionName: "reset" },
  },
};

it("is taken, and what was left out is said", async () => {
  const { draft, leftOut } = await importFile(exported);
  expect(leftOut).toEqual([
    expect.stringMatching(
      /^custom-token, which is off: left out .*, which are incomplete: issuer is missing/,
    ),
    "local-userpass, which is off: left out resetFunctionName, which we do not have.",
  ]);
  expect(draft.changes.filter(({ provider }) => provider === "custom-token")).toEqual([]);
});

it("is refused for those that are on, with the problems of all", async () => {
  const on = Object.fromEntries(
    Object.entries(exported).map(([name, entry]) => [name, { ...entry, disabled: false }]),
  );
  const refused = await importFile(on).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ProviderSettingsError);
  expect(new Set((refused as ProviderSettingsError).problems.map(({ provider }) => provider))).toEqual(
    new Set(["custom-function", "custom-token", "local-userpass"]),
  );
  expect(await gateway.app.services.deployments.findDraft()).toBeNull();
});

it("has no secrets, only their names", () =>
  expect(findNamedSecrets(JSON.stringify(exported), "auth.json")).toEqual([
    { provider: "custom-token", secrets: ["signingKeys"], enabled: false },
  ]));

it("is called by its own name when it cannot be read", () => {
  expect(() => parseProvidersJson("{", "auth.json")).toThrow(/^auth\.json is not valid JSON/);
  expect(() => parseProvidersJson("[]", "auth.json")).toThrow(/^auth\.json needs an object/);
});
