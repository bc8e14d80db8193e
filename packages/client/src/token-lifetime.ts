/** How long an access token is valid, by the gateway's clock alone. */
import type { AuthPayload } from "./documents.ts";

const MIN_MS = 60_000;

export function lifetimeMs({ accessToken, accessTokenExpiresAt }: AuthPayload): number {
  try {
    const claims = (accessToken.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const { iat, exp } = JSON.parse(atob(claims));
    if (exp > iat) return (exp - iat) * 1_000;
  } catch {}
  // Without `atob`: by this device's clock. When it is wrong, the gateway rejects a token, which is then refreshed.
  return Math.max(Date.parse(accessTokenExpiresAt) - Date.now(), MIN_MS);
}
