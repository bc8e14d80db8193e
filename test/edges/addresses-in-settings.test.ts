/** Addresses in settings: what means the same is read as the same, and what could never work is rejected with the fix. */
import { afterEach, describe, expect, it } from "@jest/globals";
import { readSettings, SettingsError } from "../../src/settings/settings.ts";
import { ADMIN_KEY } from "../support/gateway.ts";
import { endGatewaysAfterEach, newGateway } from "../support/new-gateway.ts";
import { endProcesses, rejectionOf, startProcess } from "../support/process.ts";

afterEach(endProcesses);
endGatewaysAfterEach();

const problemsOf = (environment: Record<string, string>): readonly string[] => {
  try {
    readSettings(environment);
    return [];
  } catch (error) {
    return (error as SettingsError).problems;
  }
};

describe("PUBLIC_URL", () => {
  it.each([
    ["HTTPS://ID.Example.COM", "https://id.example.com"],
    ["https://id.example.com:443/", "https://id.example.com"],
    ["http://id.example.com:80", "http://id.example.com"],
    ["https://id.example.com:8443//", "https://id.example.com:8443"],
    ["https://id.example.com/Auth/", "https://id.example.com/Auth"],
    ["https://bücher.example", "https://xn--bcher-kva.example"],
    ["http://[::1]:4000", "http://[::1]:4000"],
  ])("%s is %s, in the issuer and the audience", (given, publicUrl) =>
    expect(readSettings({ PUBLIC_URL: given })).toMatchObject({ publicUrl, tokenAudience: publicUrl }),
  );
  it.each([
    "id.example.com",
    "ftp://id.example.com",
    "https:id.example.com",
    "https://user@id.example.com",
    "https://:password@id.example.com",
    "https://id.example.com?",
    "https://id.example.com/#x",
    "https://*.example.com",
    "http://0.0.0.0:4000",
    "https://id.example.com:0",
    "https://",
  ])("%s is rejected", (given) =>
    expect(problemsOf({ PUBLIC_URL: given })).toEqual([expect.stringMatching(/^PUBLIC_URL must be/)]),
  );
  it("in capitals makes the console's cookie Secure, and answers say HSTS", async () => {
    const gateway = await newGateway({ PUBLIC_URL: "HTTPS://ID.Example.com:443/" });
    const answer = await fetch(`${gateway.url}/console/session`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-passerby-console": "1" },
      body: JSON.stringify({ adminKey: ADMIN_KEY }),
    });
    expect(answer.headers.get("set-cookie")).toMatch(/^__Host-passerby-console=.*; Secure/);
    expect(answer.headers.get("strict-transport-security")).toContain("max-age");
  });
});

describe("HOST", () => {
  it.each([
    "0.0.0.0",
    "::",
    "[::]",
    "192.0.2.7",
    "2001:db8::1",
    "id.example.com",
    "127.0.0.1.example.com",
    "::ffff:192.0.2.7",
  ])("%s without PUBLIC_URL is rejected, saying what to set", (host) => {
    expect(problemsOf({ HOST: host })).toEqual([
      expect.stringMatching(/^PUBLIC_URL must be set with HOST=.* such as https:\/\/id\.example\.com/),
    ]);
    expect(problemsOf({ HOST: host, PUBLIC_URL: "https://id.example.com" })).toEqual([]);
  });
  it.each([
    "127.0.0.1",
    "127.1.2.3",
    "::1",
    "[::1]",
    "0:0:0:0:0:0:0:1",
    "::ffff:127.0.0.1",
    "localhost",
    "LOCALHOST",
  ])("%s without PUBLIC_URL is a gateway of this machine", (host) =>
    expect(readSettings({ HOST: host })).toMatchObject({
      publicUrl: "http://localhost:4000",
      corsOrigins: "localhost",
    }),
  );
  it.each(["http://127.0.0.1", "127.0.0.1:4000", "256.0.0.1", "*", "a b", "1.2.3"])(
    "%s is rejected as an address",
    (host) =>
      expect(problemsOf({ HOST: host })).toEqual([expect.stringMatching(/^HOST must be an IP address/)]),
  );
  it("is rejected by the program too, before it makes anything", () =>
    expect(rejectionOf({ HOST: "0.0.0.0", DATABASE_URL: "sqlite::memory:" })).toMatch(
      /PUBLIC_URL must be set with HOST=0\.0\.0\.0/,
    ));
});

it.each(["127.0.0.1", "localhost"])(
  "PORT=0 on %s: issuer, keys and tokens have the port that was chosen",
  async (host) => {
    const { url } = await startProcess({ DATABASE_URL: "sqlite::memory:", HOST: host });
    const { port } = new URL(url);
    expect(Number(port)).toBeGreaterThan(0);
    const issuer = `http://localhost:${port}`;
    const discovery = await (await fetch(`${url}/.well-known/openid-configuration`)).json();
    expect(discovery).toMatchObject({ issuer, jwks_uri: `${issuer}/.well-known/jwks.json` });
    const answer = await fetch(`${url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: "mutation { loginAnonymous { accessToken } }" }),
    });
    const [, payload] = (await answer.json()).data.loginAnonymous.accessToken.split(".");
    expect(JSON.parse(atob(payload))).toMatchObject({ iss: issuer, aud: issuer });
  },
);

describe("METRICS_PORT", () => {
  it.each([
    ["", { host: "127.0.0.1", port: 9464, isRequired: false }],
    ["9464", { host: "127.0.0.1", port: 9464, isRequired: true }],
    ["0.0.0.0:9000", { host: "0.0.0.0", port: 9000, isRequired: true }],
    ["[::]:9000", { host: "::", port: 9000, isRequired: true }],
    ["metrics.local:1", { host: "metrics.local", port: 1, isRequired: true }],
    ["off", null],
  ])("%s is %j", (value, metricsAt) =>
    expect(readSettings({ METRICS_PORT: value }).metricsAt).toEqual(metricsAt),
  );
  it.each([
    "on",
    "65536",
    "-1",
    "::1",
    "127.0.0.1",
    ":9464",
    "http://127.0.0.1:9464",
    "127.0.0.1:9464/metrics",
  ])("%s is rejected", (value) =>
    expect(problemsOf({ METRICS_PORT: value })).toEqual([expect.stringMatching(/^METRICS_PORT must be/)]),
  );
});

it("a value whose quotes were not taken off is told so", () =>
  expect(problemsOf({ PORT: '"4000"', DRAIN_SECONDS: "'5'", CONSOLE: "yes" })).toEqual([
    expect.stringMatching(/^PORT must .* Remove the quotes around the value$/),
    expect.stringMatching(/^DRAIN_SECONDS must .* Remove the quotes/),
    "CONSOLE must be on or off",
  ]));
