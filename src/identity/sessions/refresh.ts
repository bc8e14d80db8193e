/** Refresh token rotation with reuse detection. */
import { DAY_SECONDS, secondsAfter } from "../../clock.ts";
import { execute } from "../../database/sql.ts";
import { PasserbyError } from "../../errors.ts";
import { sessionReused } from "../../events/domain-events.ts";
import { recordEvents } from "../../events/record-events.ts";
import type { RequestContext } from "../../request-context.ts";
import { sessionExpiresAt } from "../lifetimes.ts";
import { decideRefresh } from "./decide-refresh.ts";
import { endSessions } from "./end-sessions.ts";
import { requireProofForRefresh } from "./key-binding.ts";
import {
  type Authentication,
  authenticate,
  type Caller,
  findCaller,
  type SessionServices,
} from "./sessions.ts";

/**
 * Rotates the refresh token. The previous one gets the same successor, for ten seconds or, for an anonymous user, until
 * that is used; any older token of the session ends the session, because it may have been stolen.
 * @throws PasserbyError UNAUTHENTICATED (not ours, expired, user deleted), SESSION_REVOKED, USER_DISABLED, and for
 *   bound sessions DPOP_REQUIRED, INVALID_DPOP_PROOF
 */
export async function refreshSession(
  services: SessionServices,
  context: RequestContext,
  { refreshToken }: { refreshToken: string },
): Promise<Authentication> {
  const { reads, writes, clock, policy, tokens } = services;
  const { sessionId, generation } = tokens.readRefreshToken(refreshToken);
  let isProved = false;
  for (;;) {
    const caller = await findCaller(reads, sessionId);
    if (!caller) throw new PasserbyError("UNAUTHENTICATED");
    const { keyThumbprint } = caller.session;
    if (keyThumbprint !== null && !isProved) {
      await requireProofForRefresh(services, context, keyThumbprint);
      isProved = true;
      continue;
    }
    const now = clock.now();
    const expiresAt = sessionExpiresAt(caller, policy);
    const decision = decideRefresh({ generation, caller, now, expiresAt });
    if (decision === "EXPIRED") throw new PasserbyError("UNAUTHENTICATED");
    if (decision === "DISABLED") throw new PasserbyError("USER_DISABLED");
    if (decision === "ENDED") throw new PasserbyError("SESSION_REVOKED");
    if (decision === "REUSED") {
      // Ended or deleted by another request since it was read: decide again.
      if ((await endReused(services, context, caller)) === 0) continue;
      throw new PasserbyError("SESSION_REVOKED");
    }
    if (decision === "REPEAT") return authenticate(services, caller);

    const { user } = caller;
    const storedGeneration = caller.session.refreshGeneration;
    const session = Object.assign(caller.session, {
      refreshGeneration: generation + 1,
      rotatedAt: now,
      lastSeenAt: now,
      expiresAt: user.isAnonymous ? null : secondsAfter(now, policy.refreshTokenDays * DAY_SECONDS),
      ipAddress: context.client.ipAddress,
    });
    const rotated = await writes.transaction((manager) =>
      execute(
        manager,
        `UPDATE sessions SET refresh_generation = ?, rotated_at = ?, last_seen_at = ?, expires_at = ?, ip_address = ?
         WHERE id = ? AND refresh_generation = ? AND ended_at IS NULL${user.isAnonymous ? " AND expires_at IS NULL" : ""}`,
        [
          generation + 1,
          +now,
          +now,
          session.expiresAt && +session.expiresAt,
          session.ipAddress,
          sessionId,
          storedGeneration,
        ],
      ),
    );
    // Another request rotated, ended or deleted the session meanwhile, or linked its user, so that it expires now: decide again.
    if (rotated === 1) return authenticate(services, { user, session });
  }
}

/** @returns how many sessions ended: 0 when it had ended meanwhile */
const endReused = (
  services: SessionServices,
  context: RequestContext,
  { user, session }: Caller,
): Promise<number> =>
  services.writes.transaction(async (manager) => {
    const ends = { where: "id = ?", parameters: [session.id], reason: "REUSED" } as const;
    const ended = await endSessions(manager, services, context, ends);
    if (ended > 0) await recordEvents(manager, services, context, sessionReused({ user, session }));
    return ended;
  });
