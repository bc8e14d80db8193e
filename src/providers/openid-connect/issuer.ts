/** What an issuer publishes about itself: OpenID Connect Discovery 1.0, and its keys (RFC 7517). */
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import {
  allowInsecureRequests,
  type CustomFetch,
  customFetch,
  discovery,
  type ServerMetadata,
} from "openid-client";
import { PasserbyError } from "../../errors.ts";
import { isSafeFor } from "./addresses.ts";
import { boundedFetch, TIMEOUT_SECONDS } from "./bounded-fetch.ts";
import { remember } from "./remember.ts";

export interface Issuer {
  /** @throws PasserbyError SERVICE_UNAVAILABLE when it is down, slow, or not who it should be */
  metadata(now: Date): Promise<ServerMetadata>;
  /** The key for a signature. @throws PasserbyError SERVICE_UNAVAILABLE */
  keys(now: Date): JWTVerifyGetKey;
}

const METADATA = { freshSeconds: 3_600, cooldownSeconds: 30 };
/** A key that nobody has heard of is looked for again, but not as often as somebody makes one up. */
const KEYS = { freshSeconds: 600, cooldownSeconds: 30 };

/** @param identity.keysUrl where its keys are, for an issuer that is not to be asked */
export function openIssuer({ issuer, keysUrl }: { issuer: string; keysUrl?: string }): Issuer {
  const metadata = remember(() => guard(() => discover(issuer)), METADATA);
  const keys = remember(
    (now) =>
      guard(async () => createLocalJWKSet(await fetchKeys(keysUrl ?? (await metadata.get(now)).jwks_uri))),
    KEYS,
  );
  return {
    metadata: (now) => metadata.get(now),
    keys: (now) => async (header, token) => {
      const known = await keys.get(now);
      try {
        return await known(header, token);
      } catch (error) {
        const newer = error instanceof errors.JWKSNoMatchingKey ? await keys.reload(now) : null;
        if (!newer) throw error;
        return newer(header, token);
      }
    },
  };
}

/** Whatever goes wrong while an issuer is asked is the issuer's. */
async function guard<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    throw cause instanceof PasserbyError ? cause : unavailable(cause);
  }
}

export const unavailable = (cause: unknown): PasserbyError =>
  new PasserbyError("SERVICE_UNAVAILABLE", {
    message:
      "The identity provider cannot be reached, or its answer makes no sense. Nothing was changed; try again in a moment.",
    cause,
  });

async function discover(issuer: string): Promise<ServerMetadata> {
  const found = await discovery(new URL(issuer), "nobody", undefined, undefined, {
    [customFetch]: boundedFetch as CustomFetch,
    timeout: TIMEOUT_SECONDS,
    ...(issuer.startsWith("http:") && { execute: [allowInsecureRequests] }),
  });
  const metadata = found.serverMetadata();
  // Discovery §4.3: exactly the same; the library is content when both addresses mean the same.
  if (metadata.issuer !== issuer) throw new Error(`${issuer} says that it is ${metadata.issuer}.`);
  for (const name of ["jwks_uri", "authorization_endpoint", "token_endpoint", "userinfo_endpoint"] as const) {
    const address = metadata[name];
    if ((address !== undefined || name === "jwks_uri") && !isSafeFor(issuer, address)) {
      throw new Error(`The ${name} of ${issuer} is not an address to be used: ${address}.`);
    }
  }
  return metadata;
}

async function fetchKeys(address: string | undefined): Promise<JSONWebKeySet> {
  const response = await boundedFetch(String(address), { headers: { accept: "application/json" } });
  if (response.status !== 200) throw new Error(`${address} answers with status ${response.status}.`);
  return (await response.json()) as JSONWebKeySet;
}
