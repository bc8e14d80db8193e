/** Keys and tokens, valid ones and forged ones. */
import { createHash, createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";

export interface TestKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly publicJwk: Record<string, unknown>;
}

export function createKey(): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { crv, kty, x, y } = publicKey.export({ format: "jwk" });
  // RFC 7638.
  const kid = createHash("sha256").update(JSON.stringify({ crv, kty, x, y })).digest("base64url");
  return { kid, privateKey, publicKey, publicJwk: { kty, x, y, crv, kid, use: "sig", alg: "ES256" } };
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** @param header adds to `{ alg, typ, kid }` or replaces parts of it */
export function signEs256(key: TestKey, claims: object, header: object = {}): string {
  const input = `${encode({ alg: "ES256", typ: "JWT", kid: key.kid, ...header })}.${encode(claims)}`;
  const signature = sign("sha256", Buffer.from(input), { key: key.privateKey, dsaEncoding: "ieee-p1363" });
  return `${input}.${signature.toString("base64url")}`;
}

/** Algorithm confusion: the public key, which everyone can read, as an HMAC secret. */
export function signHs256(key: TestKey, claims: object): string {
  const input = `${encode({ alg: "HS256", typ: "JWT", kid: key.kid })}.${encode(claims)}`;
  const secret = key.publicKey.export({ format: "pem", type: "spki" });
  return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
}

export const signNothing = (claims: object): string =>
  `${encode({ alg: "none", typ: "JWT" })}.${encode(claims)}.`;

/** The token with changed claims and its original signature. */
export function replaceClaims(token: string, change: object): string {
  const [header, payload = "", signature] = token.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
  return [header, encode({ ...claims, ...change }), signature].join(".");
}

export const replaceSignature = (token: string, signature: Buffer): string =>
  [...token.split(".").slice(0, 2), signature.toString("base64url")].join(".");
