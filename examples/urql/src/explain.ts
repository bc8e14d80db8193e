/** Error messages for users. The gateway's messages can be shown as they are; these fit the page better. */
import { PasserbyError } from "@passerby/client";
import { credentialsOf } from "./account.ts";

/** By the kind of credentials, because the gateway does not say what was wrong with them. */
const wrong: Record<string, string> = {
  emailPassword: "Wrong email or password.",
  passkey: "This passkey was not accepted. Try again.",
  emailOtp: "This code or link is wrong or no longer valid. Ask for another one.",
};

const messages: Record<string, (error: PasserbyError) => string> = {
  INVALID_CREDENTIALS: (error) => wrong[credentialsOf(error) ?? ""] ?? error.message,
  PROVIDER_DISABLED: () => "This sign-in method is disabled.",
  MERGE_TICKET_INVALID: () => "This request has expired. Start again.",
  RATE_LIMITED: ({ retryAfterSeconds }) =>
    `Too many attempts. Try again in ${retryAfterSeconds ?? 60} seconds.`,
  PASSKEY_CANCELLED: () => "No passkey was chosen.",
};

export const OFFLINE = "The server did not respond. Try again in a moment.";

export function explainError(error: unknown): string {
  return error instanceof PasserbyError ? (messages[error.code]?.(error) ?? error.message) : OFFLINE;
}

const endings: Record<string, string> = {
  SESSION_REVOKED: "You were signed out.",
  USER_DISABLED: "This account is disabled.",
};

/** Why the user is a new guest, by the code that ended the previous session. */
export const explainEnding = (code: string): string =>
  `${endings[code] ?? "Your session has ended."} You continue as a new guest.`;
