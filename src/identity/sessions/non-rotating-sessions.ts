/**
 * Sessions with a non-rotating refresh token. Reuse of a stolen one cannot be detected, so refreshing does not extend the
 * session: it expires at the time set at login.
 */

import { execute } from "../../database/sql.ts";
import { PasserbyError } from "../../errors.ts";
import type { RequestContext } from "../../request-context.ts";
import { sessionExpiresAt } from "../lifetimes.ts";
import { decideRefresh } from "./decide-refresh.ts";
import type { NonRotatingToken, NonRotatingTokens } from "./non-rotating-tokens.ts";
import { type Caller, findCaller, type SessionServices } from "./sessions.ts";

type Services = SessionServices & { readonly nonRotatingTokens: NonRotatingTokens };

/**
 * The caller that a non-rotating refresh token belongs to, as stored now.
 * @throws PasserbyError UNAUTHENTICATED (not ours, expired, user deleted), SESSION_REVOKED, USER_DISABLED
 */
export async function resolveNonRotatingToken(
  { reads, clock, policy, nonRotatingTokens }: Services,
  refreshToken: string,
): Promise<{ caller: Caller; token: NonRotatingToken }> {
  const token = await nonRotatingTokens.read(refreshToken);
  const caller = await findCaller(reads, token.sessionId);
  if (!caller) throw new PasserbyError("UNAUTHENTICATED");
  const decision = decideRefresh({
    generation: caller.session.refreshGeneration,
    caller,
    now: clock.now(),
    expiresAt: sessionExpiresAt(caller, policy),
  });
  if (decision === "EXPIRED") throw new PasserbyError("UNAUTHENTICATED");
  if (decision === "DISABLED") throw new PasserbyError("USER_DISABLED");
  if (decision !== "ROTATE") throw new PasserbyError("SESSION_REVOKED");
  return { caller, token };
}

/**
 * Records that a session was refreshed. Does not issue its access token.
 * @throws PasserbyError SESSION_REVOKED when it has ended meanwhile
 */
export async function touchSession(
  { writes, clock }: SessionServices,
  { client }: RequestContext,
  { session }: Caller,
): Promise<void> {
  const touched = await writes.transaction((manager) =>
    execute(
      manager,
      "UPDATE sessions SET last_seen_at = ?, ip_address = ? WHERE id = ? AND ended_at IS NULL",
      [+clock.now(), client.ipAddress, session.id],
    ),
  );
  if (touched === 0) throw new PasserbyError("SESSION_REVOKED");
}
