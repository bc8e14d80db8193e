/** The event types that an endpoint can take, and what each tells. */
export const eventTypes: Readonly<Record<string, string>> = {
  "user.created": "a user was created",
  "user.linked": "an identity was linked",
  "user.unlinked": "an identity was unlinked",
  "user.merged": "an anonymous user was merged into another user",
  "user.expiring": "an anonymous user expires soon",
  "user.expired": "an anonymous user expired",
  "user.deleted": "a user was deleted",
  "user.disabled": "a user was disabled",
  "user.enabled": "a user was enabled again",
  "user.updated": "the profile or an email changed",
  "session.ended": "a session ended before its time",
};

/** The type of the events that *Send test event* sends. */
export const TEST_TYPE = "webhook.test";
