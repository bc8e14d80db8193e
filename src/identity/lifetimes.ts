/** When users and sessions expire. */
import { DAY_SECONDS, secondsAfter } from "../clock.ts";
import type { Session } from "../entities/session.ts";
import type { User } from "../entities/user.ts";
import type { IdentityPolicy } from "./policy.ts";

/** When an anonymous user expires; null for a permanent user. */
export function userExpiresAt(
  user: Pick<User, "isAnonymous" | "createdAt">,
  policy: Pick<IdentityPolicy, "anonymousUserDays">,
): Date | null {
  return user.isAnonymous ? secondsAfter(user.createdAt, policy.anonymousUserDays * DAY_SECONDS) : null;
}

/** A session without an expiry of its own expires with its anonymous user. */
export function sessionExpiresAt(
  { user, session }: { user: User; session: Session },
  policy: Pick<IdentityPolicy, "anonymousUserDays">,
): Date | null {
  return session.expiresAt ?? userExpiresAt(user, policy);
}
