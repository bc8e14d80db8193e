/** What this package reads of an access token. Only servers verify it. */
import type { AuthPayload } from "./documents.ts";

/** @returns {} where a token cannot be decoded, as without `atob` */
export function readClaims(token: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(atob((token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/")));
  } catch {
    return {};
  }
}

const MIN_MS = 60_000;

/** How long an access token is valid, by the gateway's clock alone. */
export function lifetimeMs({ accessToken, accessTokenExpiresAt }: AuthPayload): number {
  const { iat, exp } = readClaims(accessToken) as { iat?: number; exp?: number };
  if (iat && exp && exp > iat) return (exp - iat) * 1_000;
  // By this device's clock. When it is wrong, the gateway rejects a token, which is then refreshed.
  return Math.max(Date.parse(accessTokenExpiresAt) - Date.now(), MIN_MS);
}
