/**
 * What happens to users and their sessions, as domain events: each function says what follows from it. Events of
 * passwords, emails and API keys are in credential-events.ts, those of operators in operator-events.ts.
 */
import type { Identity } from "../entities/identity.ts";
import type { Session } from "../entities/session.ts";
import type { User } from "../entities/user.ts";
import { countDeparture, countImported, countLogin } from "../statistics/daily-counts.ts";
import type { EventUser, SessionEndReason } from "./event-types.ts";
import type { DomainEvent, PublishedEvent } from "./record-events.ts";

interface Caller {
  readonly user: User;
  readonly session: Session;
}
type Linked = Pick<Identity, "id" | "provider">;

/** A user whose row was deleted. */
export interface Departure extends Pick<User, "id" | "createdAt" | "isAnonymous"> {
  /** `id`, and former ids that were merged into it. */
  readonly ids: readonly string[];
}

const show = ({ id, isAnonymous, createdAt }: Pick<User, "id" | "isAnonymous" | "createdAt">): EventUser => ({
  id,
  isAnonymous,
  createdAt: createdAt.toISOString(),
});

export const created = (user: User, provider: string): PublishedEvent => ({
  type: "user.created",
  userId: user.id,
  data: () => ({ user: show(user), provider }),
});

export type UserChange = "profile" | "email";

export const updated = (user: User, changed: readonly UserChange[]): PublishedEvent[] =>
  changed.length > 0
    ? [{ type: "user.updated", userId: user.id, data: () => ({ user: show(user), changed }) }]
    : [];

/** Without an audit event: the user and session rows have the same facts, and an audit event would cost a row per visitor. */
export const guestCreated = ({ user, session }: Caller): DomainEvent => ({
  counts: [countLogin(session, true)],
  published: [created(user, session.provider)],
});

/** Another session of an anonymous user, by its idempotency key. */
export const guestReturned = ({ session }: Caller): DomainEvent => ({ counts: [countLogin(session)] });

export const loggedIn = (
  { user, session }: Caller,
  { isNew = false, changed = [] }: { isNew?: boolean; changed?: readonly UserChange[] } = {},
): DomainEvent => ({
  audit: {
    action: "LOGGED_IN",
    userId: user.id,
    provider: session.provider,
    target: session.id,
    detail: { isNew },
  },
  counts: [countLogin(session)],
  published: isNew ? [created(user, session.provider)] : updated(user, changed),
});

/** @param link.promoted absent when the user was permanent before */
export const identityLinked = (
  { user }: Pick<Caller, "user">,
  link: {
    identity: Linked;
    promoted: { createdAt: Date; sessionsEnded: number } | null;
    changed: readonly UserChange[];
  },
): DomainEvent => {
  const { identity, promoted, changed } = link;
  return {
    audit: {
      action: "IDENTITY_LINKED",
      userId: user.id,
      provider: identity.provider,
      detail: {
        wasAnonymous: promoted !== null,
        ...(promoted && { sessionsEnded: promoted.sessionsEnded }),
      },
    },
    counts: promoted ? [countDeparture(promoted, "linked")] : [],
    published: [
      {
        type: "user.linked",
        userId: user.id,
        data: () => ({
          user: show(user),
          identity: { id: identity.id, provider: identity.provider },
          promoted: promoted !== null,
        }),
      },
      ...updated(user, changed),
    ],
  };
};

export const mergeOffered = ({ user }: Caller, provider: string): DomainEvent => ({
  audit: { action: "MERGE_OFFERED", userId: user.id, provider },
});

/** @param survivor with its new session */
export const userMerged = (
  survivor: Caller,
  { formerUser, changed }: { formerUser: Pick<User, "id" | "createdAt">; changed: readonly UserChange[] },
): DomainEvent => {
  const { user, session } = survivor;
  const { provider } = session;
  return {
    audit: { action: "USER_MERGED", userId: user.id, provider, target: formerUser.id },
    counts: [countDeparture(formerUser, "merged"), countLogin(session)],
    published: [
      {
        type: "user.merged",
        userId: user.id,
        formerUserId: formerUser.id,
        data: () => ({ user: show(user), formerId: formerUser.id, provider }),
      },
      ...updated(user, changed),
    ],
  };
};

/** For subscribers alone: the rule that removed it has an audit event of its own. */
export const identityRemoved = (user: User, { id, provider }: Linked): DomainEvent => ({
  published: [
    {
      type: "user.unlinked",
      userId: user.id,
      data: () => ({ user: show(user), identity: { id, provider } }),
    },
  ],
});

export const identityUnlinked = (user: User, identityId: string): DomainEvent => ({
  audit: { action: "IDENTITY_UNLINKED", userId: user.id, target: identityId },
});

/** For subscribers alone, as above. */
export const sessionEnded = (
  session: { readonly id: string; readonly userId: string },
  reason: SessionEndReason,
): DomainEvent => ({
  published: [
    {
      type: "session.ended",
      userId: session.userId,
      data: () => ({ user: { id: session.userId }, session: { id: session.id }, reason }),
    },
  ],
});

export const loggedOut = (
  { user, session }: Caller,
  { scope, target, sessionsEnded }: { scope: string; target?: string; sessionsEnded: number },
): DomainEvent => ({
  audit: {
    action: "LOGGED_OUT",
    userId: user.id,
    provider: target ? null : session.provider,
    target: target ?? null,
    detail: { scope, sessionsEnded },
  },
});

export const sessionReused = ({ user, session }: Caller): DomainEvent => ({
  audit: { action: "SESSION_REUSED", userId: user.id, provider: session.provider, target: session.id },
});

export const sessionsRevoked = (
  userId: string,
  { sessionId, sessionsEnded }: { sessionId?: string; sessionsEnded: number },
): DomainEvent => ({
  audit: { action: "SESSIONS_REVOKED", userId, target: sessionId ?? null, detail: { sessionsEnded } },
});

/** @param isChange false when the user already was in that state, which leaves an audit event, but nothing for subscribers */
export const userDisabled = (
  user: User,
  { disabled, isChange }: { disabled: boolean; isChange: boolean },
): DomainEvent => ({
  audit: { action: disabled ? "USER_DISABLED" : "USER_ENABLED", userId: user.id },
  published: isChange
    ? [
        {
          type: disabled ? "user.disabled" : "user.enabled",
          userId: user.id,
          data: () => ({ user: show(user) }),
        },
      ]
    : [],
});

export const departed = (
  type: "user.deleted" | "user.expired",
  { id, ids }: Departure,
  erasureHash?: string,
): PublishedEvent => ({
  type,
  userId: id,
  data: () => ({ user: { id, ids } }),
  ...(erasureHash && { erasureHash }),
});

const left = (user: Departure) => (user.isAnonymous ? [countDeparture(user, "left")] : []);

/** @param erasureHash the hash of the id by which the person follows the erasure; absent when an operator deleted the user */
export const userDeleted = (user: Departure, erasureHash?: string): DomainEvent => ({
  audit: { action: "USER_DELETED", userId: user.id },
  counts: left(user),
  published: [departed("user.deleted", user, erasureHash)],
});

/** Without an audit event: `usersExpired` is one for the whole run. */
export const userExpired = (user: Departure): DomainEvent => ({
  counts: left(user),
  published: [departed("user.expired", user)],
});

export const usersExpired = (users: number, createdUntil: Date): DomainEvent => ({
  audit: { action: "USERS_EXPIRED", detail: { users, createdUntil } },
});

export const userExpiring = (user: User, expiresAt: Date): DomainEvent => ({
  published: [
    {
      type: "user.expiring",
      userId: user.id,
      data: () => ({ user: show(user), expiresAt: expiresAt.toISOString() }),
    },
  ],
});

export const usersImported = (
  users: readonly { user: User; provider: string; wasGuest: boolean }[],
): DomainEvent => ({
  audit: { action: "USERS_IMPORTED", detail: { users: users.length } },
  counts: users.filter(({ wasGuest }) => wasGuest).flatMap(({ user }) => countImported(user)),
  published: users.map(({ user, provider }) => created(user, provider)),
});
