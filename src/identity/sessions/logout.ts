/**
 * Logout: sessions end at once, on every gateway. Ended sessions are stored for a week, so that their refresh tokens get
 * SESSION_REVOKED.
 */
import { Session } from "../../entities/session.ts";
import { PasserbyError } from "../../errors.ts";
import { loggedOut, sessionsRevoked } from "../../events/domain-events.ts";
import { recordEvents } from "../../events/record-events.ts";
import type { RequestContext } from "../../request-context.ts";
import { endSessions, endSessionsOf } from "./end-sessions.ts";
import { lockCaller } from "./lock-caller.ts";
import { lockUser } from "./lock-user.ts";
import type { Caller, SessionServices } from "./sessions.ts";

export type LogoutScope = "CURRENT" | "OTHERS" | "ALL";

const endedBy: Record<LogoutScope, (caller: Caller) => { where: string; parameters: string[] }> = {
  CURRENT: ({ session }) => ({ where: "id = ?", parameters: [session.id] }),
  OTHERS: ({ user, session }) => ({ where: "user_id = ? AND id <> ?", parameters: [user.id, session.id] }),
  ALL: ({ user }) => ({ where: "user_id = ?", parameters: [user.id] }),
};

/**
 * @returns how many sessions ended
 * @throws PasserbyError UNAUTHENTICATED when the caller's session has ended
 */
export function logout(
  services: SessionServices,
  context: RequestContext,
  { caller, scope }: { caller: Caller; scope: LogoutScope },
): Promise<number> {
  return services.writes.transaction(async (manager) => {
    const locked = await lockCaller(manager, caller);
    const ends = endedBy[scope](locked);
    const sessionsEnded = await endSessions(manager, services, context, { ...ends, reason: "LOGOUT" });
    await recordEvents(manager, services, context, loggedOut(locked, { scope, sessionsEnded }));
    return sessionsEnded;
  });
}

/**
 * Ends one session of the current user, such as that of a lost phone.
 * @throws PasserbyError SESSION_NOT_FOUND when it is another user's, has ended, or does not exist
 */
export function endSession(
  services: SessionServices,
  context: RequestContext,
  { caller, sessionId }: { caller: Caller; sessionId: string },
): Promise<void> {
  return services.writes.transaction(async (manager) => {
    const locked = await lockCaller(manager, caller);
    const sessionsEnded = await endSessions(manager, services, context, {
      where: "id = ? AND user_id = ?",
      parameters: [sessionId, locked.user.id],
      reason: "LOGOUT",
    });
    if (sessionsEnded === 0) throw new PasserbyError("SESSION_NOT_FOUND");
    const event = loggedOut(locked, { scope: "ONE", target: sessionId, sessionsEnded });
    await recordEvents(manager, services, context, event);
  });
}

/** Ends every session of a user. @returns how many ended */
export function revokeSessions(
  services: SessionServices,
  context: RequestContext,
  { userId }: { userId: string },
): Promise<number> {
  return services.writes.transaction(async (manager) => {
    await lockUser(manager, userId);
    const sessionsEnded = await endSessionsOf(manager, services, context, { userId, reason: "REVOKED" });
    await recordEvents(manager, services, context, sessionsRevoked(userId, { sessionsEnded }));
    return sessionsEnded;
  });
}

/** Ends one session of any user. @returns its user; null when it does not exist or had ended */
export function revokeSession(
  services: SessionServices,
  context: RequestContext,
  { sessionId }: { sessionId: string },
): Promise<{ userId: string } | null> {
  return services.writes.transaction(async (manager) => {
    const session = await manager.findOneBy(Session, { id: sessionId });
    if (!session) return null;
    await lockUser(manager, session.userId);
    const ends = { where: "id = ?", parameters: [sessionId] };
    const sessionsEnded = await endSessions(manager, services, context, { ...ends, reason: "REVOKED" });
    if (sessionsEnded === 0) return null;
    const event = sessionsRevoked(session.userId, { sessionId, sessionsEnded });
    await recordEvents(manager, services, context, event);
    return session;
  });
}
