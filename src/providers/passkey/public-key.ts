import { createPublicKey, type JsonWebKey, verify, webcrypto } from "node:crypto";

/** COSE's ES256, which nearly every authenticator has, EdDSA and RS256. */
export const algorithms: number[] = [-7, -8, -257];

const [MIN_RSA_BYTES, MAX_RSA_BYTES, MAX_EXPONENT_BYTES] = [256, 512, 4];
const FIELD_BYTES = 32;

type Import = [jwk: JsonWebKey, algorithm: { name: string; namedCurve?: string; hash?: string }];

/**
 * Imports a new public key, so that one with missing or wrong parts, or that is not on its curve, is not stored: it would log no user in.
 * @param publicKey COSE_Key (RFC 9053 §7, RFC 8230 §4)
 * @throws Error
 */
export async function requireUsableKey(publicKey: Uint8Array<ArrayBuffer>): Promise<void> {
  const [jwk, algorithm] = await toImport(publicKey);
  await webcrypto.subtle.importKey("jwk", jwk, algorithm, false, ["verify"]);
  if (jwk.kty === "OKP" && !isOnEd25519(Buffer.from(String(jwk.x), "base64url")))
    throw new Error("The key is not a point of Ed25519.");
}

/**
 * Verifies a signature in the one encoding that OpenSSL accepts; SimpleWebAuthn ignores what follows an ECDSA signature.
 * @throws Error
 */
export async function requireSignature(
  publicKey: Uint8Array<ArrayBuffer>,
  { data, signature }: { data: Uint8Array; signature: Uint8Array },
): Promise<void> {
  const [jwk] = await toImport(publicKey);
  const key = createPublicKey({ key: jwk, format: "jwk" });
  if (!verify(jwk.kty === "OKP" ? null : "sha256", data, key, signature))
    throw new Error("The signature is wrong.");
}

async function toImport(publicKey: Uint8Array<ArrayBuffer>): Promise<Import> {
  const { cose, decodeCredentialPublicKey } = await import("@simplewebauthn/server/helpers");
  const key = decodeCredentialPublicKey(publicKey) as unknown as ReadonlyMap<number, unknown>;
  const text = (label: number, min: number, max = min): string => {
    const value = key.get(label);
    if (value instanceof Uint8Array && value.length >= min && value.length <= max)
      return Buffer.from(value).toString("base64url");
    throw new Error(`The key has no usable parameter ${label}.`);
  };
  const { kty, alg, crv, x, y, n, e } = cose.COSEKEYS;
  const has = (algorithm: number, type: number, curve?: number): boolean =>
    key.get(alg) === algorithm && key.get(kty) === type && (curve === undefined || key.get(crv) === curve);
  if (has(cose.COSEALG.ES256, cose.COSEKTY.EC2, cose.COSECRV.P256)) {
    const jwk = { kty: "EC", crv: "P-256", x: text(x, FIELD_BYTES), y: text(y, FIELD_BYTES) };
    return [jwk, { name: "ECDSA", namedCurve: "P-256" }];
  }
  if (has(cose.COSEALG.EdDSA, cose.COSEKTY.OKP, cose.COSECRV.ED25519))
    return [{ kty: "OKP", crv: "Ed25519", x: text(x, FIELD_BYTES) }, { name: "Ed25519" }];
  if (has(cose.COSEALG.RS256, cose.COSEKTY.RSA)) {
    const jwk = { kty: "RSA", n: text(n, MIN_RSA_BYTES, MAX_RSA_BYTES), e: text(e, 1, MAX_EXPONENT_BYTES) };
    return [jwk, { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }];
  }
  throw new Error("The key's type does not fit its algorithm.");
}

const P = 2n ** 255n - 19n;
const D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;

/** Whether 32 bytes decode to a point (RFC 8032 §5.1.3), which WebCrypto does not check: x² = (y² - 1) / (dy² + 1). */
function isOnEd25519(encoded: Buffer): boolean {
  const bytes = Buffer.from(encoded).reverse();
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  const y = BigInt(`0x${bytes.toString("hex")}`);
  const square = (y * y - 1n) * power(D * y * y + 1n, P - 2n);
  return y < P && power(square, (P - 1n) / 2n) !== P - 1n;
}

function power(base: bigint, exponent: bigint): bigint {
  let [result, square] = [1n, ((base % P) + P) % P];
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}
