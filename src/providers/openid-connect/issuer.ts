/** An issuer's discovery document (OpenID Connect Discovery 1.0) and keys (RFC 7517). */
import type { ServerMetadata } from "openid-client";
import { createCache } from "../../cache.ts";
import { PasserbyError } from "../../errors.ts";
import { readKeySet } from "../jwt/key-set.ts";
import { type KeySource, publishedKeys } from "../jwt/key-source.ts";
import { isSafeFor } from "./addresses.ts";
import { askFor, ProviderAnswerError } from "./endpoint.ts";

export interface Issuer {
  /** @throws PasserbyError SERVICE_UNAVAILABLE when it is down, slow, or names another issuer */
  metadata(now: Date): Promise<ServerMetadata>;
  /** Its keys. The source throws PasserbyError SERVICE_UNAVAILABLE when they cannot be fetched. */
  readonly keys: KeySource;
}

const METADATA = { freshSeconds: 3_600, failedSeconds: 5 };

export interface IssuerIdentity {
  readonly issuer: string;
  /** The URL of the keys, for an issuer without discovery. */
  readonly keysUrl?: string;
  readonly allowPrivateAddresses: boolean;
}

export function openIssuer({ issuer, keysUrl, allowPrivateAddresses }: IssuerIdentity): Issuer {
  const metadata = createCache(() => guard(() => discover(issuer, allowPrivateAddresses)), METADATA);
  const keys = publishedKeys((now) =>
    guard(async () => {
      const address = keysUrl ?? String((await metadata.get(now)).jwks_uri);
      return readKeySet(await askFor("key set", address, { allowPrivateAddresses }), address);
    }),
  );
  return { metadata: (now) => metadata.get(now), keys };
}

/** Turns every error of a request to the issuer into SERVICE_UNAVAILABLE. */
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
      cause instanceof ProviderAnswerError && cause.isMisconfigured
        ? "The identity provider rejected this gateway. An operator must check the provider's settings."
        : "The identity provider cannot be reached, or its answer is not valid. Nothing was changed; try again in a moment.",
    cause,
  });

const WELL_KNOWN = "/.well-known/openid-configuration";

/** Discovery §4. */
async function discover(issuer: string, allowPrivateAddresses: boolean): Promise<ServerMetadata> {
  const address = issuer.replace(/\/$/, "") + WELL_KNOWN;
  const metadata = await askFor("discovery document", address, { allowPrivateAddresses });
  if (typeof metadata !== "object" || metadata === null || Array.isArray(metadata))
    throw new ProviderAnswerError(`The discovery document at ${address} is not a JSON object.`);
  const found = metadata as Readonly<Record<string, unknown>>;
  // Discovery §4.3: must be identical.
  if (found.issuer !== issuer) {
    throw new ProviderAnswerError(
      `The discovery document at ${issuer} has the issuer ${quote(found.issuer)}. If that is right, set \`issuer\` to exactly this value, including a trailing slash.`,
      { isMisconfigured: true },
    );
  }
  for (const name of ["jwks_uri", "authorization_endpoint", "token_endpoint", "userinfo_endpoint"]) {
    const endpoint = found[name];
    if ((endpoint !== undefined || name === "jwks_uri") && !isSafeFor(issuer, endpoint)) {
      throw new ProviderAnswerError(
        `The \`${name}\` in the discovery document of ${issuer} is ${quote(endpoint)}, which is not an https address.`,
        { isMisconfigured: true },
      );
    }
  }
  return found as unknown as ServerMetadata;
}

/** A text of a provider, shortened, with printable characters only. */
const quote = (value: unknown): string =>
  value === undefined ? "missing" : String(JSON.stringify(value)).slice(0, 300);
