import { createPublicKey } from "node:crypto";
import {
  createRemoteJWKSet,
  errors,
  importSPKI,
  type JWTPayload,
  type JWTVerifyOptions,
  jwtVerify,
} from "jose";
import { z } from "zod";
import { canonicalEmail } from "../email-address.ts";
import { PasserbyError } from "../errors.ts";
import type { Provider } from "../identity/provider.ts";
import { isIndexable } from "../storable-text.ts";
import { isSafeAddress } from "./openid-connect/addresses.ts";
import { ASYMMETRIC } from "./openid-connect/algorithms.ts";
import {
  findMissingClaim,
  profileClaims,
  readProfile,
  requiredClaims,
} from "./openid-connect/profile-claims.ts";

const symmetric = ["HS256", "HS384", "HS512"] as const;
const isSymmetric = (algorithm: string): boolean => (symmetric as readonly string[]).includes(algorithm);
/** Keys shorter than the hash are refused by RFC 7518 §3.2. */
const SECRET_CHARACTERS = 32;

const settings = z
  .strictObject({
    issuer: z.string().min(1).max(2_048).optional().meta({
      title: "Issuer",
      description:
        "The `iss` claim must equal this; without it any or none is accepted, and the keys decide.",
    }),
    audience: z.array(z.string().min(1)).default([]).meta({
      title: "Audience",
      description: "The `aud` claim must hold one of these; empty: it is not checked.",
    }),
    requireAllAudiences: z
      .boolean()
      .default(false)
      .meta({ title: "Require all audiences", description: "The `aud` claim must hold every one of them." }),
    jwksUrl: z
      .url()
      .optional()
      .meta({ title: "JWKS address", description: "Where the issuer publishes its keys, over https." }),
    publicKey: z
      .string()
      .max(20_000)
      .optional()
      .meta({ title: "Public key", description: "A PEM public key (SPKI)." }),
    secret: z
      .string()
      .min(SECRET_CHARACTERS)
      .max(2_048)
      .optional()
      .meta({ title: "Shared secret", description: "For HS algorithms only.", secret: true }),
    algorithms: z
      .array(z.enum([...ASYMMETRIC, ...symmetric]))
      .min(1)
      .meta({
        title: "Algorithms",
        description:
          "Those that are accepted. HS algorithms go with a shared secret, all others with a public key.",
      }),
    clockSkewSeconds: z.number().int().min(0).max(600).default(60).meta({ title: "Clock skew in seconds" }),
    profileClaims,
    requiredClaims,
  })
  .superRefine((value, context) => {
    const sources = [value.jwksUrl, value.publicKey, value.secret].filter((source) => source !== undefined);
    if (sources.length !== 1) {
      context.addIssue({
        code: "custom",
        path: ["jwksUrl"],
        message: "Give exactly one of jwksUrl, publicKey and secret.",
      });
    }
    const wantsSecret = value.algorithms.some(isSymmetric);
    const wantsPublic = value.algorithms.some((algorithm) => !isSymmetric(algorithm));
    if (wantsSecret && (wantsPublic || value.secret === undefined)) {
      context.addIssue({
        code: "custom",
        path: ["algorithms"],
        message: "HS algorithms go with a shared secret, and nothing else.",
      });
    }
    if (wantsPublic && value.secret !== undefined) {
      context.addIssue({
        code: "custom",
        path: ["algorithms"],
        message: "With a shared secret only HS algorithms are accepted.",
      });
    }
    if (value.publicKey !== undefined && !isPublicKey(value.publicKey)) {
      context.addIssue({ code: "custom", path: ["publicKey"], message: "This is not a PEM public key." });
    }
    if (value.jwksUrl !== undefined && !isSafeAddress(value.jwksUrl)) {
      context.addIssue({ code: "custom", path: ["jwksUrl"], message: "Keys are fetched over https only." });
    }
  });

type Settings = z.infer<typeof settings>;

function isPublicKey(pem: string): boolean {
  try {
    return !pem.includes("PRIVATE KEY") && createPublicKey(pem).type === "public";
  } catch {
    return false;
  }
}

type Verify = (token: string, options: JWTVerifyOptions) => Promise<{ payload: JWTPayload }>;

/** Keys are fetched once per deployment and again for an unknown `kid`, at most every 30 seconds. */
const verifiers = new WeakMap<Settings, Promise<Verify>>();

function verifierFor(settings: Settings): Promise<Verify> {
  let verifier = verifiers.get(settings);
  if (!verifier) {
    verifier = createVerifier(settings);
    verifiers.set(settings, verifier);
  }
  return verifier;
}

async function createVerifier({ jwksUrl, publicKey, secret, algorithms }: Settings): Promise<Verify> {
  if (jwksUrl) {
    const keys = createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: 5_000, cooldownDuration: 30_000 });
    return (token, options) => jwtVerify(token, keys, options);
  }
  if (publicKey) {
    const keys = new Map(
      await Promise.all(
        algorithms.map(async (alg) => [alg, await importSPKI(publicKey, alg).catch(() => null)] as const),
      ),
    );
    return (token, options) =>
      jwtVerify(
        token,
        ({ alg }) => {
          const key = keys.get(alg as Settings["algorithms"][number]);
          if (!key) throw new errors.JOSEAlgNotAllowed("the key is of another kind");
          return key;
        },
        options,
      );
  }
  const bytes = new TextEncoder().encode(secret);
  return (token, options) => jwtVerify(token, bytes, options);
}

/** The longest token that the App Services documentation accepts. */
const MOST_TOKEN = 1_000_000;
const MOST_SUBJECT = 1_000;

/** JSON Web Tokens of the operator's own issuer (RFC 7519). */
export const customToken: Provider<{ token: string }, Settings> = {
  name: "custom-token",
  type: "custom-token",
  displayName: "Custom JWT",
  isWayIn: true,
  onePerUser: false,
  canBeLinked: true,
  credentials: "jwt",
  settings: settings as unknown as z.ZodType<Settings>,
  // A token names its account only once it is verified, so failures count by address.
  accountOf: () => "",

  async prove({ settings, clock }, { token }) {
    if (token.length > MOST_TOKEN) throw new PasserbyError("INVALID_CREDENTIALS");
    const { payload } = await verifyToken(settings, token, clock.now());
    const subject = payload.sub;
    if (typeof subject !== "string" || subject.length > MOST_SUBJECT || !isIndexable(subject)) {
      throw new PasserbyError("INVALID_CREDENTIALS", { message: "The token has no usable `sub` claim." });
    }
    const missing = findMissingClaim(payload, settings.requiredClaims);
    if (missing !== null) {
      throw new PasserbyError("INVALID_CREDENTIALS", {
        message: `The token has no value for \`${missing}\`, which is required.`,
      });
    }
    return {
      subject,
      email: typeof payload.email === "string" ? canonicalEmail(payload.email) : null,
      emailVerified: typeof payload.email_verified === "boolean" ? payload.email_verified : null,
      profile: readProfile(payload, settings.profileClaims),
    };
  },
};

async function verifyToken(settings: Settings, token: string, now: Date): Promise<{ payload: JWTPayload }> {
  const verify = await verifierFor(settings);
  try {
    const verified = await verify(token, {
      ...(settings.issuer !== undefined && { issuer: settings.issuer }),
      algorithms: settings.algorithms,
      clockTolerance: settings.clockSkewSeconds,
      requiredClaims: ["sub", "exp"],
      currentDate: now,
      ...(settings.audience.length > 0 && { audience: settings.audience }),
    });
    if (settings.requireAllAudiences) requireAudiences(verified.payload, settings.audience);
    return verified;
  } catch (cause) {
    if (isKeyServerFailure(cause)) {
      throw new PasserbyError("SERVICE_UNAVAILABLE", {
        message: "The keys of the token's issuer cannot be fetched right now. Try again in a moment.",
        cause,
      });
    }
    throw new PasserbyError("INVALID_CREDENTIALS", { message: reasonFor(cause), cause });
  }
}

/** Of several audiences `jose` asks for one only. @throws JWTClaimValidationFailed */
function requireAudiences(payload: JWTPayload, audiences: readonly string[]): void {
  const given = [payload.aud].flat();
  if (audiences.every((each) => given.includes(each))) return;
  throw new errors.JWTClaimValidationFailed('unexpected "aud" claim value', payload, "aud", "check_failed");
}

/** Whatever is not about the token is about fetching the keys. */
function isKeyServerFailure(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout) return true;
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return false;
  return (
    !(error instanceof errors.JOSEError) ||
    error.code === "ERR_JOSE_GENERIC" ||
    error.code === "ERR_JWKS_INVALID"
  );
}

function reasonFor(error: unknown): string {
  if (error instanceof errors.JWTExpired) return "The token has expired. Get a new one from its issuer.";
  if (error instanceof errors.JWTClaimValidationFailed)
    return `The token's \`${error.claim}\` claim is not accepted.`;
  if (error instanceof errors.JOSEAlgNotAllowed)
    return "The token is signed with an algorithm that is not accepted.";
  return "The token's signature is not right.";
}
