/** Proofs of possession (DPoP, RFC 9449), valid ones and forged ones. */
import { createHash, generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";

/** A key of a client, to which tokens are bound: `cnf.jkt` is its thumbprint. */
export interface ProofKey {
  /** RFC 7638. */
  readonly thumbprint: string;
  readonly publicJwk: Readonly<Record<string, unknown>>;
  readonly privateKey: KeyObject;
}

/** A request that a proof is made for. */
export interface ProvenRequest {
  readonly method: string;
  /** Without a query. */
  readonly url: string;
  /** The access token of the request; absent for a login or refresh. */
  readonly token?: string;
  /** `iat`. Default: now. */
  readonly at?: Date;
}

/** Replaces parts of a proof; `undefined` removes one. */
export interface ProofChange {
  readonly header?: object;
  readonly claims?: object;
}

const hash = (text: string): string => createHash("sha256").update(text).digest("base64url");
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A new key of P-256, for ES256. */
export function createProofKey(): ProofKey {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { crv, kty, x, y } = publicKey.export({ format: "jwk" });
  return { privateKey, publicJwk: { kty, crv, x, y }, thumbprint: hash(JSON.stringify({ crv, kty, x, y })) };
}

/** A proof for one request, with a `jti` of its own. */
export function signProof(
  key: ProofKey,
  { method, url, token, at = new Date() }: ProvenRequest,
  { header, claims }: ProofChange = {},
): string {
  const input = [
    { typ: "dpop+jwt", alg: "ES256", jwk: key.publicJwk, ...header },
    {
      jti: randomUUID(),
      htm: method,
      htu: url,
      iat: Math.floor(at.getTime() / 1_000),
      ...(token !== undefined && { ath: hash(token) }),
      ...claims,
    },
  ]
    .map(encode)
    .join(".");
  const signature = sign("sha256", Buffer.from(input), { key: key.privateKey, dsaEncoding: "ieee-p1363" });
  return `${input}.${signature.toString("base64url")}`;
}
