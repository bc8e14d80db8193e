/** Error messages for users. The gateway's messages can be shown as they are; these fit the page better. */
import { GatewayError } from "./gateway.ts";

const messages: Record<string, (error: GatewayError) => string> = {
  INVALID_CREDENTIALS: () => "Wrong email or password.",
  PROVIDER_DISABLED: () => "This sign-in method is disabled.",
  MERGE_TICKET_INVALID: () => "This request has expired. Enter email and password again.",
  RATE_LIMITED: ({ retryAfterSeconds = 60 }) =>
    `Too many attempts. Try again in ${retryAfterSeconds} seconds.`,
};

export function explainError(error: unknown): string {
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
