/**
 * Logout: sessions end at once, on every gateway. Ended sessions are stored for a week, so that their refresh tokens get
 * SESSION_REVOKED.
 */

import type { EntityManager } from "typeorm";
import { audited } from "../../audit/audited.ts";
import { auditRules } from "../../audit/rules.ts";
import { execute } from "../../database/sql.ts";
import { Session } from "../../entities/session.ts";
import { PasserbyError } from "../../errors.ts";
import { lockCaller } from "./lock-caller.ts";
import { lockUser } from "./lock-user.ts";
import type { Caller, SessionServices } from "./sessions.ts";

type LogoutServices = Pick<SessionServices, "writes" | "clock">;

export type LogoutScope = "CURRENT" | "OTHERS" | "ALL";

/**
 * @returns how many sessions ended
 * @throws PasserbyError UNAUTHENTICATED when the caller's session has ended
 */
export const logout = audited(
  auditRules.logout,
  ({ writes, clock }: LogoutServices, caller: Caller, scope: LogoutScope): Promise<number> => {
    return writes.transaction(async (manager) => {
      const { user, session } = await lockCaller(manager, caller);
      const now = clock.now();
      const ends = {
        CURRENT: () => end(manager, now, "id = ?", [session.id]),
        OTHERS: () => end(manager, now, "user_id = ? AND id <> ?", [user.id, session.id]),
        ALL: () => end(manager, now, "user_id = ?", [user.id]),
      };
      return ends[scope]();
    });
  },
);

/**
 * Ends one session of the current user, such as that of a lost phone.
 * @throws PasserbyError SESSION_NOT_FOUND when it is another user's, has ended, or does not exist
 */
export const endSession = audited(
  auditRules.endSession,
  async ({ writes, clock }: LogoutServices, caller: Caller, sessionId: string): Promise<void> => {
    const ended = await writes.transaction(async (manager) => {
      const { user } = await lockCaller(manager, caller);
      return end(manager, clock.now(), "id = ? AND user_id = ?", [sessionId, user.id]);
    });
    if (ended === 0) throw new PasserbyError("SESSION_NOT_FOUND");
  },
);

/** Ends every session of a user. @returns how many ended */
export const revokeSessions = audited(
  auditRules.revokeSessions,
  ({ writes, clock }: LogoutServices, userId: string): Promise<number> => {
    return writes.transaction(async (manager) => {
      await lockUser(manager, userId);
      return end(manager, clock.now(), "user_id = ?", [userId]);
    });
  },
);

/** Ends one session of any user. @returns its user; null when it does not exist or had ended */
export const revokeSession = audited(
  auditRules.revokeSession,
  ({ writes, clock }: LogoutServices, sessionId: string): Promise<{ userId: string } | null> => {
    return writes.transaction(async (manager) => {
      const session = await manager.findOneBy(Session, { id: sessionId });
      if (!session) return null;
      await lockUser(manager, session.userId);
      return (await end(manager, clock.now(), "id = ?", [sessionId])) > 0 ? session : null;
    });
  },
);

/** Ends the sessions of a user whose row is locked, in the caller's transaction. @returns how many ended */
export const endSessionsOf = (
  manager: EntityManager,
  { userId, except = "", now }: { userId: string; except?: string; now: Date },
): Promise<number> => end(manager, now, "user_id = ? AND id <> ?", [userId, except]);

const end = (
  manager: EntityManager,
  now: Date,
  condition: string,
  parameters: readonly unknown[],
): Promise<number> =>
  execute(manager, `UPDATE sessions SET ended_at = ? WHERE ${condition} AND ended_at IS NULL`, [
    +now,
    ...parameters,
  ]);
