import { describe, expect, it } from "@jest/globals";
import { settings } from "../../../src/providers/passkey/settings.ts";

const problem = (given: object): string | undefined =>
  settings.safeParse({ rpId: "example.com", rpName: "Shop", origins: ["https://example.com"], ...given })
    .error?.issues[0]?.message;

describe("a relying party id", () => {
  it.each(["example.com", "login.example.co.uk", "xn--bcher-kva.example"])("may be %s", (rpId) => {
    expect(problem({ rpId, origins: [`https://${rpId}`, `https://app.${rpId}:8443`] })).toBeUndefined();
  });
  it.each([
    ...["https://example.com", "example.com:443", "example.com.", "Example.com", "com", "", ".example.com"],
    ...["127.0.0.1", "[::1]", "example.com/x", "bücher.example", "-a.example", "a\0.example"],
  ])("may not be %j", (rpId) => {
    expect(problem({ rpId, origins: ["https://example.com"] })).toContain("Write it as example.com");
  });
});

describe("an origin", () => {
  it.each([
    ...["https://example.com", "https://app.example.com", "https://a.b.example.com:8443"],
    "android:apk-key-hash:-sYXRdwJA3hvue3mKpYrOZ9zSPC7b4mbgzJmdZEDO5w",
  ])("may be %s", (origin) => {
    expect(problem({ origins: [origin] })).toBeUndefined();
  });
  it.each(["http://localhost", "http://localhost:3000", "https://app.localhost"])(
    "may be %s where passkeys are tried on localhost",
    (origin) => {
      expect(problem({ rpId: "localhost", origins: [origin] })).toBeUndefined();
    },
  );
  it.each([
    ["https://evil.example", "not example.com or a subdomain"],
    ["https://notexample.com", "not example.com or a subdomain"],
    ["https://example.com.evil.example", "not example.com or a subdomain"],
    ["https://com", "not example.com or a subdomain"],
    ["http://example.com", "Use https"],
    ["http://localhost:3000", "set `rpId` to a domain that all origins share"],
    ["https://example.com/", "without a path"],
    ["https://example.com/x", "without a path"],
    ["https://EXAMPLE.com", "Write it as"],
    ["https://example.com:443", "Write it as"],
    ["https://user@example.com", "Write it as"],
    ["ftp://example.com", "Write it as"],
    ["example.com", "Write it as"],
    ["android:apk-key-hash:short", "Write it as"],
    ["null", "Write it as"],
    ["", "Write it as"],
  ])("may not be %j", (origin, message) => {
    expect(problem({ origins: ["https://example.com", origin] })).toContain(message);
  });
  it("is needed", () => expect(problem({ origins: [] })).toBeDefined());
});
