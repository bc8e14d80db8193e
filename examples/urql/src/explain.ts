/** Error messages for users. The gateway's messages can be shown as they are; these fit the page better. */
import { GatewayError } from "./gateway.ts";

/** By the kind of credentials, because the gateway does not say what was wrong with them. */
const wrong: Record<string, string> = {
  emailPassword: "Wrong email or password.",
  passkey: "This passkey was not accepted. Try again.",
  emailOtp: "This code or link is wrong or no longer valid. Ask for another one.",
};

const messages: Record<string, (error: GatewayError) => string> = {
  INVALID_CREDENTIALS: ({ credentials, message }) => wrong[credentials ?? ""] ?? message,
  PROVIDER_DISABLED: () => "This sign-in method is disabled.",
  MERGE_TICKET_INVALID: () => "This request has expired. Start again.",
  RATE_LIMITED: ({ retryAfterSeconds = 60 }) =>
    `Too many attempts. Try again in ${retryAfterSeconds} seconds.`,
};

/** Of `navigator.credentials`. */
const browserErrors: Record<string, string> = {
  NotAllowedError: "No passkey was chosen.",
  InvalidStateError: "This device already has a passkey of this account.",
};

export function explainError(error: unknown): string {
  const browserError = error instanceof DOMException && browserErrors[error.name];
  if (browserError) return browserError;
  if (error instanceof GatewayError) return messages[error.code]?.(error) ?? error.message;
  return "The server did not respond. Try again in a moment.";
}

const endings: Record<string, string> = {
  SESSION_REVOKED: "You were signed out.",
  USER_DISABLED: "This account is disabled.",
};

/** Why the user is a new guest, by the code that ended the previous session. */
export const explainEnding = (code: string): string =>
  `${endings[code] ?? "Your session has ended."} You continue as a new guest.`;
