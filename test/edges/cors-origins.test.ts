/** CORS_ORIGINS: an origin as a browser sends it is allowed, and what no browser sends is rejected with the fix. */
import { expect, it } from "@jest/globals";
import { parseOrigin } from "../../src/settings/origins.ts";
import { readSettings, type SettingsError } from "../../src/settings/settings.ts";
import { endGatewaysAfterEach, newGateway } from "../support/new-gateway.ts";

endGatewaysAfterEach();

it.each([
  ["capacitor://localhost", "capacitor://localhost"],
  ["ionic://localhost/", "ionic://localhost"],
  ["Tauri://LocalHost", "tauri://localhost"],
  [
    "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
    "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
  ],
  [
    "moz-extension://c1a2b3c4-0000-4000-8000-000000000000",
    "moz-extension://c1a2b3c4-0000-4000-8000-000000000000",
  ],
  ["safari-web-extension://0B7A", "safari-web-extension://0b7a"],
  ["app://obsidian.md", "app://obsidian.md"],
  ["app://.", "app://."],
  ["HTTPS://App.Example.COM/", "https://app.example.com"],
  ["https://app.example.com:443", "https://app.example.com"],
  ["http://app.example.com:80", "http://app.example.com"],
  ["https://app.example.com:8443", "https://app.example.com:8443"],
  ["https://bücher.example", "https://xn--bcher-kva.example"],
  ["http://[::1]:3000", "http://[::1]:3000"],
  ["https://*.Example.com", "https://*.example.com"],
  ["https://*.example.com:8443", "https://*.example.com:8443"],
  ["http://*.localhost:3000", "http://*.localhost:3000"],
  ["*", "*"],
])("%s is read as %s", (given, origin) => expect(parseOrigin(given)).toBe(origin));

it.each([
  ["null", /sandboxed page/],
  ["file://", /sent as null/],
  ["file:///home/ada/index.html", /sent as null/],
  ["example.com", /write https:\/\/example\.com$/],
  ["localhost:5173", /write http:\/\/localhost:5173$/],
  ["wss://example.com", /write https:\/\/example\.com$/],
  ["*.example.com", /write https:\/\/\*\.example\.com$/],
  ["https://app.example.com/path", /is more than an origin: write https:\/\/app\.example\.com$/],
  ["https://app.example.com?x", /is more than an origin/],
  ["https://ada:pw@app.example.com", /remove the user/],
  ["https://*", /too wide/],
  ["https://*.com", /too wide/],
  ["https://*.*.example.com", /too wide/],
  ["https://a.*.example.com", /too wide/],
  ["https://*a.example.com", /too wide/],
  ["https://**.example.com", /too wide/],
  ["https://*.192.0.2.7", /too wide/],
  ["http://localhost:*", /too wide/],
  ["*://example.com", /is not an origin/],
  ["chrome-extension://*", /too wide/],
  ["javascript:alert(1)", /is not an origin/],
  ["data:text/html,x", /is not an origin/],
  ["capacitor://", /is not an origin/],
  ["https://", /is not an origin/],
  ["https://exa mple.com", /is not an origin/],
])("%s is rejected", (given, sentence) => expect(() => parseOrigin(given)).toThrow(sentence));

it("every entry that is wrong is named at once", () => {
  try {
    readSettings({ CORS_ORIGINS: "https://ok.example, nope, null" });
    throw new Error("was accepted");
  } catch (error) {
    expect((error as SettingsError).problems).toEqual([
      expect.stringMatching(/^CORS_ORIGINS must .*"nope".*"null"/),
    ]);
  }
});

it("a browser's origin is answered when it is listed or fits a star, and no other is", async () => {
  const gateway = await newGateway({
    CORS_ORIGINS:
      "capacitor://localhost,app://MyApp,https://*.example.com,http://*.dev.example:3000,HTTPS://Exact.example:443/",
  });
  const allowed = async (origin: string): Promise<string | null> => {
    const headers = { origin, "access-control-request-method": "POST" };
    const preflight = await fetch(`${gateway.url}/graphql`, { method: "OPTIONS", headers });
    const answer = await fetch(`${gateway.url}/graphql?query={__typename}`, {
      headers: { origin, "apollo-require-preflight": "1" },
    });
    const [before, after] = [preflight, answer].map((each) =>
      each.headers.get("access-control-allow-origin"),
    );
    expect(before).toBe(after);
    return before ?? null;
  };
  for (const origin of [
    "capacitor://localhost",
    "app://MyApp",
    "app://myapp",
    "https://a.example.com",
    "https://pr-12_x.example.com",
    "http://a.dev.example:3000",
    "https://exact.example",
  ]) {
    expect([origin, await allowed(origin)]).toEqual([origin, origin]);
  }
  for (const origin of [
    "https://example.com",
    "https://a.b.example.com",
    "http://a.example.com",
    "https://a.example.com:8443",
    "https://a.example.com.evil.example",
    "https://a-example.com",
    "https://evil.example?.example.com",
    "https://.example.com",
    "http://a.dev.example",
    "capacitor://localhost.evil.example",
    "ionic://localhost",
    "null",
    "https://exact.example:444",
  ]) {
    expect([origin, await allowed(origin)]).toEqual([origin, null]);
  }
});
