/** JSON Web Key Sets (RFC 7517 §5) of issuers: the usable keys, and those that may have signed a token. */
import { createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { algorithmsOf, describeKey, isSameAlgorithm } from "./algorithms.ts";

/** The issuer's keys are unavailable or unusable. The operator has to fix that; the client's token may be valid. */
export class KeysUnusableError extends Error {
  override readonly name = "KeysUnusableError";
}

export interface TokenHeader {
  readonly alg: string;
  readonly kid?: string | undefined;
}

export interface KeySet {
  /**
   * Keys that may have signed a token with this header: those with its `kid`, if there are any.
   * @throws KeysUnusableError when the key with its `kid` cannot be used
   */
  candidates(header: TokenHeader): readonly KeyObject[];
}

interface PublishedKey {
  readonly kid: unknown;
  readonly alg: unknown;
  /** null if it cannot be used. */
  readonly key: KeyObject | null;
  readonly problem: string;
}

const MAX_KEYS = 200;
/** A token without `kid` is verified with each of them. */
const MAX_CANDIDATES = 16;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @param from its URL, for errors. @throws KeysUnusableError when it is not a key set */
export function readKeySet(json: unknown, from: string): KeySet {
  if (!isObject(json) || !Array.isArray(json.keys)) {
    const isDiscovery = isObject(json) && json.jwks_uri !== undefined;
    const hint = isDiscovery
      ? "It is a discovery document: give its `jwks_uri`."
      : "It needs an array `keys`.";
    throw new KeysUnusableError(`The answer of ${from} is not a JSON Web Key Set. ${hint}`);
  }
  const keys = json.keys.slice(0, MAX_KEYS).filter(isForSignatures).map(readKey);
  const usable = keys.filter(({ key }) => key !== null);
  if (usable.length === 0) {
    const problems = [...new Set(keys.map(({ problem }) => problem))].slice(0, 5).join(", ");
    throw new KeysUnusableError(
      `${from} publishes no key that can verify a token${problems && `: ${problems}`}.`,
    );
  }
  return {
    candidates({ alg, kid }) {
      const fitting = usable.filter(
        (each) =>
          (each.alg === undefined || isSameAlgorithm(each.alg, alg)) &&
          each.key !== null &&
          (algorithmsOf(each.key) as readonly string[]).includes(alg),
      );
      const named = kid === undefined ? fitting : fitting.filter((each) => each.kid === kid);
      const broken = keys.find((each) => each.key === null && kid !== undefined && each.kid === kid);
      if (named.length === 0 && broken)
        throw new KeysUnusableError(
          `The key with the token's \`kid\` cannot be used: ${from} has ${broken.problem}.`,
        );
      const found = named.length > 0 ? named : fitting.filter((each) => each.kid === undefined);
      return found.slice(0, MAX_CANDIDATES).flatMap(({ key }) => key ?? []);
    },
  };
}

/** RFC 7517 §4.2, §4.3: keys for other uses are ignored. */
const isForSignatures = (jwk: unknown): jwk is Record<string, unknown> =>
  isObject(jwk) &&
  (jwk.use === undefined || jwk.use === "sig") &&
  (!Array.isArray(jwk.key_ops) || jwk.key_ops.includes("verify"));

/** An unusable key does not affect the others. */
function readKey(jwk: Record<string, unknown>): PublishedKey {
  const { kid, alg } = jwk;
  const unusable = (problem: string): PublishedKey => ({ kid, alg, key: null, problem });
  if (jwk.kty === "oct") return unusable("a secret key, which must not be published");
  try {
    // Only the public parameters.
    const { kty, crv, n, e, x, y } = jwk;
    const key = createPublicKey({ key: { kty, crv, n, e, x, y } as JsonWebKey, format: "jwk" });
    if (algorithmsOf(key).length === 0) return unusable(`an ${describeKey(key)}`);
    return { kid, alg, key, problem: "" };
  } catch {
    return unusable("an invalid key, or one of an unknown type");
  }
}
