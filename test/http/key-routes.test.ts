/** The key set over HTTP: what may be cached, and how it is asked for again. */
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { operator } from "../support/contexts.ts";
import { createDatabase, type Gateway, startGateway } from "../support/gateway.ts";

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

const ask = (headers: Record<string, string> = {}, method = "GET") =>
  fetch(`${gateway.url}/.well-known/jwks.json`, { headers, method });

it("publishes public halves alone, cacheable for ten minutes", async () => {
  const response = await ask();
  expect(response.headers.get("content-type")).toMatch(/^application\/jwk-set\+json/);
  expect(response.headers.get("cache-control")).toBe("public, max-age=600");
  expect(await response.json()).toEqual({
    keys: [
      {
        kty: "EC",
        crv: "P-256",
        alg: "ES256",
        use: "sig",
        kid: expect.stringMatching(/^[\w-]{43}$/),
        x: expect.anything(),
        y: expect.anything(),
      },
    ],
  });
  expect((await ask({}, "HEAD")).status).toBe(200);
});

it("answers 304 to who has this key set, and 200 once there is another", async () => {
  const etag = String((await ask()).headers.get("etag"));
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
    const response = await ask({ "if-none-match": known });
    expect([response.status, await response.text()]).toEqual([304, ""]);
    expect(response.headers.get("cache-control")).toBe("public, max-age=600");
  }
  expect((await ask({ "if-none-match": '"other"' })).status).toBe(200);
  await gateway.app.services.signingKeys.rotate(operator);
  const after = await ask({ "if-none-match": etag });
  expect(after.status).toBe(200);
  expect(((await after.json()) as { keys: object[] }).keys).toHaveLength(2);
});

it("forbids caching a key set that may be outdated, and still answers", async () => {
  const { signingKeys } = gateway.app.services;
  const { refresh } = signingKeys;
  gateway.clock.advance({ minutes: 5 });
  Object.assign(signingKeys, {
    refresh: () => Promise.reject(new Error("the database is down")),
    isFresh: () => false,
  });
  const response = await ask();
  expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-store"]);
  Object.assign(signingKeys, { refresh });
});
