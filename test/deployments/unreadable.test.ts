/** What no gateway could read never goes live, and a secret is sent to no address that it was not given for. */
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { codeOf, createDatabase, type Gateway, startGateway } from "../support/gateway.ts";

let gateway: Gateway;
let database: Awaited<ReturnType<typeof createDatabase>>;
beforeAll(async () => {
  database = await createDatabase("sqlite");
  gateway = await startGateway({ url: database.url });
});
afterAll(async () => {
  await gateway.stop();
  await database.drop();
});

const save = (input: object) =>
  gateway.admin("mutation ($i: SaveProviderInput!) { saveProvider(input: $i) { baseVersion } }", {
    variables: { i: input },
  });

it("takes a claim that is called as a sealed secret is stored, and starts again with it", async () => {
  const settings = {
    issuer: "https://issuer.example",
    secret: "a-shared-secret-of-32-characters!!",
    algorithms: ["HS256"],
    profileClaims: { sealed: "seal" },
  };
  expect((await save({ name: "custom-token", enabled: true, settings })).errors).toBeUndefined();
  expect((await gateway.admin("mutation { deploy { version } }")).errors).toBeUndefined();
  const again = await startGateway({ url: database.url });
  expect(again.app.services.providers.requireEnabled("custom-token").settings).toMatchObject(settings);
  await again.stop();
});

it("wants the secret again when the address that it goes to has changed", async () => {
  const company = (issuer: string, secret: object) => ({
    name: "company",
    type: "oidc",
    enabled: true,
    settings: { issuer, clientIds: ["shop"], redirectUris: ["https://shop.example/callback"], ...secret },
  });
  expect((await save(company("https://id.example", { clientSecret: "s3cret" }))).errors).toBeUndefined();
  expect((await save(company("https://id.example", {}))).errors).toBeUndefined();
  const moved = await save(company("https://evil.example", {}));
  expect(codeOf(moved)).toBe("BAD_USER_INPUT");
  expect(moved.errors?.[0]?.extensions.problems).toEqual([
    { provider: "company", field: "clientSecret", message: expect.stringContaining("issuer has changed") },
  ]);
});
