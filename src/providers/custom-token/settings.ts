/** The settings of `custom-token`, and the keys in them, which are checked by the code that uses them. */
import { z } from "zod";
import { ASYMMETRIC } from "../jwt/algorithms.ts";
import { readKeySet } from "../jwt/key-set.ts";
import { fixedKey, type KeySource, publishedKeys, sharedSecret } from "../jwt/key-source.ts";
import { keyProblem, readVerifyingKey } from "../jwt/pem.ts";
import { isSafeAddress } from "../openid-connect/addresses.ts";
import { askFor } from "../openid-connect/endpoint.ts";
import { profileClaims, requiredClaims } from "../openid-connect/profile-claims.ts";
import { allowPrivateAddresses, WELL_KNOWN_ADDRESS } from "../openid-connect/settings.ts";

const symmetric = ["HS256", "HS384", "HS512"] as const;
const isSymmetric = (algorithm: string): boolean => (symmetric as readonly string[]).includes(algorithm);
/** 256 bits, with 8 bits per character (RFC 7518 §3.2). */
const SECRET_CHARACTERS = 32;

export const settings = z
  .strictObject({
    issuer: z.string().min(1).max(2_048).optional().meta({
      title: "Issuer",
      description:
        "The `iss` claim must equal this. If empty, `iss` is not checked, and the signature alone decides.",
    }),
    audience: z.array(z.string().min(1)).default([]).meta({
      title: "Audience",
      description: "The `aud` claim must contain one of these. If empty, `aud` is not checked.",
    }),
    requireAllAudiences: z.boolean().default(false).meta({
      title: "Require all audiences",
      description: "The `aud` claim must contain all of them, not only one.",
    }),
    jwksUrl: z
      .url()
      .optional()
      .meta({ title: "JWKS URL", description: "The https URL of the issuer's key set (JWKS)." }),
    publicKey: z.string().max(20_000).optional().meta({
      title: "Public key",
      description: "A public key (SPKI or PKCS #1) or an X.509 certificate, in PEM.",
    }),
    secret: z.string().min(SECRET_CHARACTERS).max(2_048).optional().meta({
      title: "Shared secret",
      description: "For HS256, HS384 and HS512 only. The key is this text in UTF-8; base64 is not decoded.",
      secret: true,
    }),
    algorithms: z
      .array(z.enum([...ASYMMETRIC, ...symmetric]))
      .min(1)
      .meta({
        title: "Algorithms",
        description:
          "The accepted signature algorithms. HS256, HS384 and HS512 need a shared secret, all others a public key.",
      }),
    clockSkewSeconds: z.number().int().min(0).max(600).default(60).meta({ title: "Clock skew in seconds" }),
    profileClaims,
    requiredClaims,
    allowPrivateAddresses,
  })
  .superRefine((value, context) => {
    const reject = (field: string, message: string): void =>
      context.addIssue({ code: "custom", path: [field], message });
    const { jwksUrl, publicKey, secret, algorithms } = value;
    const sources = [jwksUrl, publicKey, secret].filter((source) => source !== undefined);
    if (sources.length !== 1) reject("jwksUrl", "Give exactly one of jwksUrl, publicKey and secret.");
    const wantsSecret = algorithms.some(isSymmetric);
    const wantsPublic = algorithms.some((algorithm) => !isSymmetric(algorithm));
    if (wantsSecret && (wantsPublic || secret === undefined))
      reject("algorithms", "HS algorithms need a shared secret, and cannot be combined with others.");
    if (wantsPublic && secret !== undefined)
      reject("algorithms", "With a shared secret only HS algorithms are accepted.");
    // If there is also a secret, the operator has to decide first which of the two to use.
    if (publicKey !== undefined && !wantsSecret) {
      const problem = keyProblem(() => readVerifyingKey(publicKey, algorithms));
      if (problem !== null) reject("publicKey", problem);
    }
    // Anyone who has the public key could sign tokens with it.
    if (secret !== undefined && /-----BEGIN |"kty"\s*:/.test(secret)) {
      reject(
        "secret",
        "This is a key of a key pair, not a shared secret. Give its public key as `publicKey`.",
      );
    }
    if (jwksUrl !== undefined && !isSafeAddress(jwksUrl))
      reject("jwksUrl", "The URL must be https, without user and password.");
    if (jwksUrl !== undefined && WELL_KNOWN_ADDRESS.test(jwksUrl))
      reject("jwksUrl", "This is the URL of a discovery document. Give the `jwks_uri` in it.");
  });

export type Settings = z.infer<typeof settings>;

const sources = new WeakMap<Settings, KeySource>();

/** Key sets are cached as long as the deployment that names them is live. */
export function keySourceOf(given: Settings): KeySource {
  let source = sources.get(given);
  if (!source) {
    source = createKeySource(given);
    sources.set(given, source);
  }
  return source;
}

function createKeySource({
  jwksUrl,
  publicKey,
  secret,
  algorithms,
  allowPrivateAddresses = true,
}: Settings): KeySource {
  if (jwksUrl !== undefined) {
    return publishedKeys(async () =>
      readKeySet(await askFor("key set", jwksUrl, { allowPrivateAddresses }), jwksUrl),
    );
  }
  if (publicKey !== undefined) return fixedKey(readVerifyingKey(publicKey, algorithms));
  return sharedSecret(new TextEncoder().encode(secret));
}
