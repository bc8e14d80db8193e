/** JSON Web Key Sets (RFC 7517 §5) of others: what of them can verify a token, and which keys may have signed it. */
import { createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { algorithmsOf, describeKey, isSameAlgorithm } from "./algorithms.ts";

/** The keys cannot be had, or are not such that they verify anything: that is for the operator to see, not the visitor's fault. */
export class KeysUnusableError extends Error {
  override readonly name = "KeysUnusableError";
}

export interface TokenHeader {
  readonly alg: string;
  readonly kid?: string | undefined;
}

export interface KeySet {
  /**
   * Keys that may have signed a token with this header, those under its key id if there are some.
   * @throws KeysUnusableError when the one that it names cannot be used
   */
  candidates(header: TokenHeader): readonly KeyObject[];
}

interface PublishedKey {
  readonly kid: unknown;
  readonly alg: unknown;
  /** null where it cannot be used. */
  readonly key: KeyObject | null;
  readonly problem: string;
}

const MAX_KEYS = 200;
/** A token that names no key costs one verification for each. */
const MAX_CANDIDATES = 16;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @param from where it was published, for errors. @throws KeysUnusableError when it is no key set */
export function readKeySet(json: unknown, from: string): KeySet {
  if (!isObject(json) || !Array.isArray(json.keys)) {
    const isDiscovery = isObject(json) && json.jwks_uri !== undefined;
    const hint = isDiscovery ? "It is a discovery document: give its `jwks_uri`." : "It needs a list `keys`.";
    throw new KeysUnusableError(`What ${from} answers is no JSON Web Key Set. ${hint}`);
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
          `The key that the token names cannot be used; ${from} has ${broken.problem}.`,
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

/** A key that cannot be used does not spoil those beside it. */
function readKey(jwk: Record<string, unknown>): PublishedKey {
  const { kid, alg } = jwk;
  const unusable = (problem: string): PublishedKey => ({ kid, alg, key: null, problem });
  if (jwk.kty === "oct") return unusable("a secret key, which must not be published");
  try {
    // Without what would make it a private key.
    const { kty, crv, n, e, x, y } = jwk;
    const key = createPublicKey({ key: { kty, crv, n, e, x, y } as JsonWebKey, format: "jwk" });
    if (algorithmsOf(key).length === 0) return unusable(`an ${describeKey(key)}`);
    return { kid, alg, key, problem: "" };
  } catch {
    return unusable("a key that is damaged or of an unknown kind");
  }
}
