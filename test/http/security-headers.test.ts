import { expect, it } from "@jest/globals";
import { createDatabase, startGateway } from "../support/gateway.ts";

const everywhere = {
  "content-security-policy":
    "default-src 'self';style-src 'self' 'unsafe-inline';worker-src 'self' blob:;img-src 'self' data:;font-src 'self' data:;frame-ancestors 'none';base-uri 'none';form-action 'self';object-src 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "cross-origin",
  "origin-agent-cluster": "?1",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-dns-prefetch-control": "off",
  "x-download-options": "noopen",
  "x-frame-options": "SAMEORIGIN",
  "x-permitted-cross-domain-policies": "none",
  "x-xss-protection": "0",
};

it.each([
  ["http://localhost:4000", null],
  ["https://id.example.com", "max-age=31536000; includeSubDomains"],
])("protects every answer of a gateway at %s", async (publicUrl, strictTransport) => {
  const database = await createDatabase("sqlite");
  const gateway = await startGateway({ url: database.url, settings: { PUBLIC_URL: publicUrl } });
  const answers = await Promise.all([
    fetch(`${gateway.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"query":"{ me { id } }"}',
    }),
    fetch(`${gateway.url}/graphql`, { method: "POST", body: "no JSON" }),
    fetch(`${gateway.url}/graphql`, {
      method: "OPTIONS",
      headers: { origin: "http://localhost:5173", "access-control-request-method": "POST" },
    }),
    fetch(`${gateway.url}/graphiql/`),
    fetch(`${gateway.url}/.well-known/jwks.json`),
    fetch(`${gateway.url}/nothing`),
  ]);
  for (const { headers } of answers) {
    expect(Object.fromEntries(headers)).toMatchObject(everywhere);
    expect(headers.get("strict-transport-security")).toBe(strictTransport);
    expect(headers.get("x-request-id")).toMatch(/^[\w-]{36}$/);
  }
  await gateway.stop();
  await database.drop();
});
