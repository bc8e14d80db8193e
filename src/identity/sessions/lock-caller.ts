import type { EntityManager } from "typeorm";
import { Session } from "../../entities/session.ts";
import { PasserbyError } from "../../errors.ts";
import { lockUser } from "./lock-user.ts";
import type { Caller } from "./sessions.ts";

/**
 * Locks the caller's user and reads the caller again: expiry, deletion, merges and other links of the same user
 * wait, or have committed before.
 * @throws PasserbyError UNAUTHENTICATED when the user was deleted or the session has ended, USER_DISABLED
 */
export async function lockCaller(manager: EntityManager, { user, session }: Caller): Promise<Caller> {
  const [lockedUser, lockedSession] = [
    await lockUser(manager, user.id),
    await manager.findOneBy(Session, { id: session.id, userId: user.id }),
  ];
  if (!lockedUser || !lockedSession || lockedSession.endedAt) throw new PasserbyError("UNAUTHENTICATED");
  if (lockedUser.disabledAt) throw new PasserbyError("USER_DISABLED");
  return { user: lockedUser, session: lockedSession };
}
