/** Access tokens: one is good, and every one that differs from it in one thing is not. */
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { decodeProtectedHeader, SignJWT } from "jose";
import { verifyJwt } from "../../../src/identity/tokens/verify-jwt.ts";

const NOW = 1_780_000_000;
const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
const other = generateKeyPairSync("ec", { namedCurve: "P-256" });
const keys = { find: (kid: string) => (kid === "one" ? pair.publicKey : null) };
const expected = { typ: "JWT", issuer: "https://id.example", audience: "api", nowSeconds: NOW };
const goodHeader = { alg: "ES256", typ: "JWT", kid: "one" };
const goodClaims = { iss: "https://id.example", aud: "api", sub: "ada", iat: NOW - 1, exp: NOW + 60 };

const encode = (value: unknown): string =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

function signRaw(header: unknown, claims: unknown, key: KeyObject = pair.privateKey, der = false): string {
  const input = `${encode(header)}.${encode(claims)}`;
  const dsaEncoding = der ? "der" : "ieee-p1363";
  return `${input}.${sign("sha256", Buffer.from(input), { key, dsaEncoding }).toString("base64url")}`;
}
const good = signRaw(goodHeader, goodClaims);
const [header = "", payload = "", signature = ""] = good.split(".");
const withHeader = (change: object) => signRaw({ ...goodHeader, ...change }, goodClaims);
const withClaims = (change: object) => signRaw(goodHeader, { ...goodClaims, ...change });
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** The same bytes for a lenient reader: only the bits that stand for nothing differ. */
const respelled = signature.slice(0, -1) + ALPHABET[ALPHABET.indexOf(signature.at(-1) ?? "") + 1];

describe("verifyJwt", () => {
  it("accepts what these keys signed, also as jose makes it, and among several audiences", async () => {
    expect(verifyJwt(keys, good, expected)).toEqual({ kid: "one", claims: goodClaims });
    const made = await new SignJWT(goodClaims).setProtectedHeader(goodHeader).sign(pair.privateKey);
    expect(decodeProtectedHeader(made)).toEqual(goodHeader);
    expect(verifyJwt(keys, made, expected).claims).toEqual(goodClaims);
    expect(verifyJwt(keys, withClaims({ aud: ["web", "api"] }), expected).kid).toBe("one");
  });

  it.each([
    ["nothing", ""],
    ["rubbish", "rubbish"],
    ["two parts", `${header}.${payload}`],
    ["four parts", `${good}.x`],
    ["five parts", `${good}.x.y`],
    ["no signature", `${header}.${payload}.`],
    ["a signature cut by a byte", `${header}.${payload}.${signature.slice(0, -2)}`],
    ["a signature and more", `${good}AA`],
    ["a padded signature", `${good}==`],
    [
      "a signature in base64",
      `${header}.${payload}.${Buffer.from(signature, "base64url").toString("base64")}`,
    ],
    ["another spelling of the signature", `${header}.${payload}.${respelled}`],
    ["a space", `${good} `],
    ["a signature of zeros", `${header}.${payload}.${Buffer.alloc(64).toString("base64url")}`],
    ["a DER signature", signRaw(goodHeader, goodClaims, pair.privateKey, true)],
    ["another key's signature", signRaw(goodHeader, goodClaims, other.privateKey)],
    ["the signature of other claims", `${header}.${encode({ ...goodClaims, sub: "eve" })}.${signature}`],
    ["the signature of another header", `${encode({ ...goodHeader, x: 1 })}.${payload}.${signature}`],
    ["alg none", `${encode({ ...goodHeader, alg: "none" })}.${payload}.`],
    ["alg HS256", withHeader({ alg: "HS256" })],
    ["alg ES384", withHeader({ alg: "ES384" })],
    ["alg in lower case", withHeader({ alg: "es256" })],
    ["no alg", withHeader({ alg: undefined })],
    ["another typ", withHeader({ typ: "logout+jwt" })],
    ["no typ", withHeader({ typ: undefined })],
    ["an unknown kid", withHeader({ kid: "two" })],
    ["no kid", withHeader({ kid: undefined })],
    ["a kid that is not a string", withHeader({ kid: ["one"] })],
    ["a key of its own", withHeader({ kid: "two", jwk: other.publicKey.export({ format: "jwk" }) })],
    ["an extension", withHeader({ crit: ["b64"], b64: true })],
    ["an empty list of extensions", withHeader({ crit: [] })],
    ["a header that is a list", signRaw([goodHeader], goodClaims)],
    ["a header that is null", signRaw(null, goodClaims)],
    ["a header that is not JSON", signRaw("{", goodClaims)],
    ["claims that are a list", signRaw(goodHeader, [goodClaims])],
    ["claims that are null", signRaw(goodHeader, "null")],
    ["claims that are not JSON", signRaw(goodHeader, "x")],
    ["another issuer", withClaims({ iss: "https://id.example/" })],
    ["no issuer", withClaims({ iss: undefined })],
    ["issuers in a list", withClaims({ iss: ["https://id.example"] })],
    ["another audience", withClaims({ aud: "web" })],
    ["no audience", withClaims({ aud: undefined })],
    ["other audiences", withClaims({ aud: ["web", "apis"] })],
    ["no exp", withClaims({ exp: undefined })],
    ["exp as text", withClaims({ exp: String(NOW + 60) })],
    ["the second of its exp", withClaims({ exp: NOW })],
    ["an exp of the past", withClaims({ exp: NOW - 1 })],
    ["an nbf of the future", withClaims({ nbf: NOW + 1 })],
    ["nbf as text", withClaims({ nbf: "0" })],
    ["iat as text", withClaims({ iat: "0" })],
    ["9,000 characters", withClaims({ more: "x".repeat(9_000) })],
  ])("rejects %s", (_, token) => {
    expect(() => verifyJwt(keys, token, expected)).toThrow();
  });
});
