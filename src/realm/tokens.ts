/** Tokens in the form that Realm SDKs decode. */
import { decodeJwt } from "jose";
import { sessionExpiresAt } from "../identity/lifetimes.ts";
import { resolveNonRotatingToken } from "../identity/sessions/non-rotating-sessions.ts";
import { type Caller, resolveCaller } from "../identity/sessions/sessions.ts";
import type { Services } from "../services.ts";
import { readDeviceId } from "./devices.ts";
import type { Bearer } from "./request.ts";

/** An access token of the gateway, with the device id as an additional claim. */
export const issueAccessToken = (
  { tokens }: Services,
  { user, session }: Caller,
  deviceId: string | null,
): string =>
  tokens.issueAccessToken(user, session, { typ: "access", baas_device_id: deviceId ?? undefined })
    .accessToken;

export function issueRefreshToken(
  { nonRotatingTokens, clock, policy }: Services,
  caller: Caller,
  deviceId: string,
): Promise<string> {
  const now = clock.now();
  const claims = { baas_id: caller.session.id, baas_device_id: deviceId, baas_data: null };
  return nonRotatingTokens.issue(caller, { now, expiresAt: sessionExpiresAt(caller, policy) ?? now, claims });
}

/** @throws PasserbyError as `resolveCaller` does */
export async function readAccessToken(services: Services, token: string): Promise<Bearer> {
  const caller = await resolveCaller(services, token);
  return { caller, deviceId: readDeviceId(decodeJwt(token).baas_device_id) };
}

/** @throws PasserbyError as `resolveNonRotatingToken` does */
export async function readRefreshToken(services: Services, refreshToken: string): Promise<Bearer> {
  const { caller, token } = await resolveNonRotatingToken(services, refreshToken);
  return { caller, deviceId: readDeviceId(token.claims.baas_device_id) };
}
