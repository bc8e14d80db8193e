/** The accepted signature algorithms (RFC 7518 §3, RFC 8037, RFC 9864), and the keys for each. */
import type { KeyObject } from "node:crypto";

/** Asymmetric algorithms: with a shared secret, anyone who can read the settings could sign. */
export const ASYMMETRIC = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
] as const;

export type Algorithm = (typeof ASYMMETRIC)[number];

/** RFC 7518 §3.3. */
export const MIN_RSA_BITS = 2_048;

const byKey: Readonly<Record<string, readonly Algorithm[]>> = {
  rsa: ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  prime256v1: ["ES256"],
  secp384r1: ["ES384"],
  secp521r1: ["ES512"],
  ed25519: ["EdDSA", "Ed25519"],
};

/** The algorithms of a public key; none if it is too short or of an unsupported kind. */
export function algorithmsOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): readonly Algorithm[] {
  if (asymmetricKeyType === "rsa" && (asymmetricKeyDetails?.modulusLength ?? 0) < MIN_RSA_BITS) return [];
  return byKey[asymmetricKeyDetails?.namedCurve ?? asymmetricKeyType ?? ""] ?? [];
}

const namesOfCurves: Readonly<Record<string, string>> = {
  prime256v1: "P-256",
  secp384r1: "P-384",
  secp521r1: "P-521",
};

/** A key's description for operators, such as "RSA key of 1024 bits". */
export function describeKey({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  const { modulusLength, namedCurve } = asymmetricKeyDetails ?? {};
  if (asymmetricKeyType === "rsa") return `RSA key of ${modulusLength} bits`;
  if (namedCurve) return `EC key on the curve ${namesOfCurves[namedCurve] ?? namedCurve}`;
  return `${asymmetricKeyType} key`;
}

/** Two names of one algorithm (RFC 9864 §2.2). */
export const isSameAlgorithm = (a: unknown, b: unknown): boolean => a === b || (isEd25519(a) && isEd25519(b));
const isEd25519 = (algorithm: unknown): boolean => algorithm === "EdDSA" || algorithm === "Ed25519";
