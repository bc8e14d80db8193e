/** The events that subscribers receive, by webhook and by the `events` query. Types and descriptions only. */

/** The event types, and when each is sent. */
export const eventTypes = {
  "user.created": "A user was created; `user.isAnonymous` tells which kind.",
  "user.linked": "An identity was linked; `promoted` says that the user was anonymous before.",
  "user.unlinked": "An identity was unlinked.",
  "user.merged": "The anonymous user `formerId` was merged into `user`.",
  "user.expiring": "An anonymous user will expire at `expiresAt` unless it is linked. Sent once.",
  "user.expired": "An anonymous user expired and was deleted; `user.ids` has every id that it was known by.",
  "user.deleted": "A user was deleted; `user.ids` has every id that it was known by.",
  "user.disabled": "An operator disabled a user.",
  "user.enabled": "An operator enabled a user again.",
  "user.updated": "The profile or an email of a user changed; `changed` names which.",
  "session.ended": "A session ended before its time, by a logout or a revocation; `reason` tells why.",
} as const;

export type EventType = keyof typeof eventTypes;

/** Why a session ended. Expiry is not sent. */
export type SessionEndReason =
  /** The user logged out, of this session or of several. */
  | "LOGOUT"
  /** An operator ended it. */
  | "REVOKED"
  /** Its refresh token was used twice, which may mean that it was stolen. */
  | "REUSED"
  /** The anonymous user became permanent in another session, or was merged. */
  | "PROMOTED"
  /** The identity or API key that began it was unlinked, disabled or deleted. */
  | "IDENTITY_REMOVED"
  /** The password was changed or reset. */
  | "PASSWORD_CHANGED"
  /** The user had too many sessions, and this was the oldest. */
  | "SESSION_LIMIT";

/** A user as events show it: no email and no profile. */
export interface EventUser {
  readonly id: string;
  readonly isAnonymous: boolean;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** A user whose row is gone. */
export interface DeletedUser {
  readonly id: string;
  /** `id`, and the ids of anonymous users that were merged into it. */
  readonly ids: readonly string[];
}

/** The `data` of each type. */
export interface EventData {
  "user.created": { readonly user: EventUser; readonly provider: string };
  "user.linked": {
    readonly user: EventUser;
    readonly identity: { readonly id: string; readonly provider: string };
    readonly promoted: boolean;
  };
  "user.unlinked": {
    readonly user: EventUser;
    readonly identity: { readonly id: string; readonly provider: string };
  };
  "user.merged": { readonly user: EventUser; readonly formerId: string; readonly provider: string };
  "user.expiring": { readonly user: EventUser; readonly expiresAt: string };
  "user.expired": { readonly user: DeletedUser };
  "user.deleted": { readonly user: DeletedUser };
  "user.disabled": { readonly user: EventUser };
  "user.enabled": { readonly user: EventUser };
  "user.updated": { readonly user: EventUser; readonly changed: readonly ("profile" | "email")[] };
  "session.ended": {
    readonly user: { readonly id: string };
    readonly session: { readonly id: string };
    readonly reason: SessionEndReason;
  };
}

/** After these an endpoint that requires receipts owes one. */
export const purgeTypes: ReadonlySet<EventType> = new Set(["user.deleted", "user.expired", "user.merged"]);
