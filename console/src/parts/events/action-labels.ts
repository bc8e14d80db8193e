import type { AuditAction } from "../../graphql/graphql.ts";

/** The labels of audit actions; a missing one is a type error. */
export const actionLabels: Readonly<Record<AuditAction, string>> = {
  LOGGED_IN: "Login",
  LOGGED_OUT: "Logout",
  SESSION_REUSED: "Refresh token reused",
  REGISTERED: "Registration",
  EMAIL_CONFIRMED: "Email confirmed",
  PASSWORD_CHANGED: "Password changed",
  PASSWORD_RESET: "Password reset",
  IDENTITY_LINKED: "Identity linked",
  MERGE_OFFERED: "Merge offered",
  USER_MERGED: "User merged",
  IDENTITY_UNLINKED: "Identity unlinked",
  API_KEY_CREATED: "API key created",
  API_KEY_ENABLED: "API key enabled",
  API_KEY_DISABLED: "API key disabled",
  API_KEY_DELETED: "API key deleted",
  USER_DISABLED: "User disabled",
  USER_ENABLED: "User enabled",
  USER_DELETED: "User deleted",
  SESSIONS_REVOKED: "Sessions ended",
  USERS_IMPORTED: "Users imported",
  USERS_EXPIRED: "Anonymous users expired",
  SERVER_KEY_CREATED: "Server key created",
  SERVER_KEY_ENABLED: "Server key enabled",
  SERVER_KEY_DISABLED: "Server key disabled",
  SERVER_KEY_DELETED: "Server key deleted",
  DRAFT_SAVED: "Draft saved",
  DRAFT_DISCARDED: "Draft discarded",
  DEPLOYED: "Deployed",
  REDEPLOYED: "Redeployed",
  ADMIN_KEY_CREATED: "Admin key created",
  CONSOLE_SIGNED_IN: "Signed in to the console",
  CONSOLE_SIGNED_OUT: "Signed out of the console",
  ADMIN_KEY_REFUSED: "Admin key rejected",
  ADMIN_KEY_REVOKED: "Admin key revoked",
  SIGNING_KEY_ROTATED: "Signing key rotated",
};

export const isAuditAction = (text: string | null): text is AuditAction =>
  text !== null && Object.hasOwn(actionLabels, text);
