/** providers.json of an app of App Services: what it says of providers that are off is no reason to reject it. */
import { afterAll, afterEach, beforeAll, expect, it } from "@jest/globals";
import { ProviderSettingsError } from "../../src/deployments/drafts/setting-problems.ts";
import { parseProvidersJson } from "../../src/import/providers-json.ts";
import { operator } from "../support/contexts.ts";
import { createDatabase, type Gateway, startGateway } from "../support/gateway.ts";

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url });
});
afterEach(() => gateway.app.services.deployments.discardDraft(operator));
afterAll(async () => {
  await gateway.stop();
  await database.drop();
});

const importFile = (file: object) =>
  gateway.app.services.deployments.importProviders(operator, parseProvidersJson(JSON.stringify(file)));

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
  const { draft, leftOut, disabled } = await importFile(exported);
  expect(leftOut).toEqual([
    expect.stringMatching(
      /^custom-token, which is disabled: left out .*, which are incomplete: jwksUrl: Give exactly one of/,
    ),
  ]);
  expect(disabled).toEqual({});
  expect(draft.changes.filter(({ provider }) => provider === "custom-token")).toEqual([]);
});

// It used to be rejected as a whole, and its operator had to edit the file of an app that is gone.
it("is taken without those that are on and need more than it has, and the problems of each are said", async () => {
  const on = Object.fromEntries(
    Object.entries(exported).map(([name, entry]) => [name, { ...entry, disabled: false }]),
  );
  const { draft, disabled } = await importFile(on);
  expect(disabled).toEqual({
    "custom-function": ["url: Required", "secret: Required"],
    "custom-token": [expect.stringMatching(/Give exactly one of/), expect.stringMatching(/HS algorithms/)],
  });
  // The tests' gateway has it on already.
  expect(new Set(draft.changes.map(({ provider }) => provider))).toEqual(new Set(["local-userpass"]));
  const states = await gateway.app.services.deployments.states();
  const enabled = states.filter(({ draft }) => draft?.enabled).map(({ provider }) => provider.name);
  expect(enabled).toEqual(expect.arrayContaining(["anon-user", "local-userpass"]));
  expect(enabled).not.toContain("custom-function");
  expect(enabled).not.toContain("custom-token");
});

it("is rejected where our own settings are not valid, with the problems of all", async () => {
  const own = {
    "custom-token": { type: "custom-token", config: { algorithms: ["HS256"] } },
    "local-userpass": { type: "local-userpass", config: { confirmation: "perhaps" } },
  };
  const rejected = await importFile(own).catch((error: unknown) => error);
  expect(rejected).toBeInstanceOf(ProviderSettingsError);
  expect(new Set((rejected as ProviderSettingsError).problems.map(({ provider }) => provider))).toEqual(
    new Set(["custom-token", "local-userpass"]),
  );
  expect(await gateway.app.services.deployments.findDraft()).toBeNull();
});

it("has no secrets, only their names, and says so", () => {
  const notesOf = (options?: object) =>
    parseProvidersJson(JSON.stringify(exported), "auth.json", options).find(
      ({ name }) => name === "custom-token",
    )?.notes;
  expect(notesOf()).toContainEqual(expect.stringMatching(/only names "nameOfASecret".*--secrets/));
  expect(notesOf({ secrets: { nameOfASecret: "x".repeat(32) } })).not.toContainEqual(
    expect.stringMatching(/--secrets/),
  );
});

it("is called by its own name when it cannot be read", () => {
  expect(() => parseProvidersJson("{", "auth.json")).toThrow(/^auth\.json is not valid JSON/);
  expect(() => parseProvidersJson("[]", "auth.json")).toThrow(/^auth\.json needs an object/);
});
