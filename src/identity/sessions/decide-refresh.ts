import { secondsAfter } from "../../clock.ts";
import type { Session } from "../../entities/session.ts";
import type { User } from "../../entities/user.ts";
import { REFRESH_GRACE_SECONDS } from "../policy.ts";

export type RefreshDecision = "ROTATE" | "REPEAT" | "REUSED" | "ENDED" | "EXPIRED" | "DISABLED";

/**
 * What a genuine refresh token gets, decided from facts alone.
 *
 * A token newer than the row is genuine, since only a gateway with the master key can issue it: the database was restored, or a
 * failover lost a commit. Rotation continues from its generation, so that older tokens stay invalid.
 *
 * The one before the newest gets the same successor again while the newest has not been used: its answer may have been lost.
 * A permanent user, who can log in again, has a grace for that; a guest, who cannot, has until the newest is used.
 */
export function decideRefresh(facts: {
  /** Of the token that was presented. */
  generation: number;
  caller: {
    readonly user: Pick<User, "isAnonymous" | "disabledAt">;
    readonly session: Pick<Session, "refreshGeneration" | "rotatedAt" | "endedAt">;
  };
  now: Date;
  expiresAt: Date | null;
}): RefreshDecision {
  const { caller, generation, now, expiresAt } = facts;
  const { session, user } = caller;
  const { refreshGeneration: newest, rotatedAt } = session;
  if (session.endedAt) return "ENDED";
  if (expiresAt && expiresAt <= now) return "EXPIRED";
  if (user.disabledAt) return "DISABLED";
  if (generation >= newest) return "ROTATE";
  if (generation < newest - 1) return "REUSED";
  const isInGrace = rotatedAt !== null && now <= secondsAfter(rotatedAt, REFRESH_GRACE_SECONDS);
  return isInGrace || user.isAnonymous ? "REPEAT" : "REUSED";
}
