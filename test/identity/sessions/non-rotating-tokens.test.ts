import { createHmac, randomBytes } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { createEncryption } from "../../../src/encryption.ts";
import { createNonRotatingTokens } from "../../../src/identity/sessions/non-rotating-tokens.ts";
import type { Caller } from "../../../src/identity/sessions/sessions.ts";

const encryption = createEncryption(randomBytes(32).toString("base64"));
const tokens = createNonRotatingTokens(encryption);
const caller = { user: { id: "user" }, session: { id: "session" } } as Caller;
const [now, expiresAt] = [new Date(1_800_000_000_000), new Date(1_800_000_060_000)];
const issue = (): Promise<string> => tokens.issue(caller, { now, expiresAt, claims: { baas_id: "b" } });

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const sign = (
  header: object,
  claims: object,
  key = encryption.deriveKey("lasting-refresh-token"),
): string => {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${createHmac("sha256", key).update(input).digest("base64url")}`;
};
const header = { alg: "HS256", typ: "JWT" };
const claims = {
  baas_id: "b",
  typ: "refresh",
  sub: "user",
  sid: "session",
  iat: 1_800_000_000,
  exp: 1_800_000_060,
};

describe("a refresh token that does not rotate", () => {
  it("keeps its form, byte for byte: clients have stored it, and take it apart", async () => {
    expect(await issue()).toBe(sign(header, claims));
  });

  it("is read with its claims, though it says that it is expired: the session decides", async () => {
    const { sid, ...others } = claims;
    expect(await tokens.read(await issue())).toEqual({ sessionId: sid, claims: others });
  });

  it.each<[fact: string, change: (token: string) => string]>([
    ["is empty", () => ""],
    ["is not a token", () => "a.b.c"],
    [
      "has another payload",
      (token) => token.replace(/\.[^.]+\./, `.${encode({ ...claims, sid: "other" })}.`),
    ],
    ["has no signature", (token) => token.replace(/[^.]+$/, "")],
    ["has a cut signature", (token) => token.slice(0, -1)],
    ["has something after its signature", (token) => `${token}.x`],
    ["is signed with another key", () => sign(header, claims, randomBytes(32))],
    ["says that it needs no signature", () => `${encode({ alg: "none" })}.${encode(claims)}.`],
    ["names another algorithm", () => sign({ ...header, alg: "HS512" }, claims)],
  ])("is rejected when it %s", async (_, change) => {
    await expect(tokens.read(change(await issue()))).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  });
});
