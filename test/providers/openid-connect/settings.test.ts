/** Settings that could send a browser, or the gateway, where it should not go. */
import { afterAll, afterEach, expect, it } from "@jest/globals";
import { openLyingStage, provider } from "../../support/lying-stage.ts";
import { saveProvider } from "../../support/oauth.ts";

const stage = await openLyingStage();
const { gateway, idp } = stage;
afterEach(stage.tellTheTruth);
afterAll(stage.close);

it.each([
  ["issuer", { issuer: "http://idp.example" }],
  ["issuer", { issuer: "https://idp.example/?tenant=1" }],
  ["issuer", { issuer: "nonsense" }],
  ["clientIds", { clientIds: [] }],
  ["redirectUris.0", { redirectUris: ["https://app.example"] }],
  ["redirectUris.0", { redirectUris: ["https://app.example/?x=1"] }],
  ["redirectUris.0", { redirectUris: ["https://app.example/#x"] }],
  ["redirectUris.0", { redirectUris: ["http://app.example/"] }],
  ["redirectUris.0", { redirectUris: ["javascript:alert(1)"] }],
  ["redirectUris.0", { redirectUris: ["myapp:/callback"] }],
  ["scopes", { scopes: ["email"] }],
  ["", { unknown: 1 }],
])("rejects settings that would be unsafe: %s %j", async (field, settings) => {
  const saved = await saveProvider(gateway, {
    name: provider,
    enabled: true,
    settings: { ...idp.settings, ...settings },
  });
  expect(saved.errors?.[0]?.extensions.problems).toEqual([expect.objectContaining({ field })]);
});
it("sends apps back under schemes of their own, which have a dot", async () => {
  const redirectUris = ["com.example.app:/callback", "https://app.example/", "http://[::1]:3000/"];
  const saved = await saveProvider(gateway, {
    name: provider,
    enabled: true,
    settings: { ...idp.settings, redirectUris },
  });
  expect(saved.errors).toBeUndefined();
  await gateway.admin("mutation { discardDraft }");
});
