/** Errors as sentences for visitors. The gateway's own are good to show; here are those that the page can say better. */
import { Refusal } from "./gateway.ts";

const refusals: Record<string, (refusal: Refusal) => string> = {
  INVALID_CREDENTIALS: () => "E-mail and password do not belong together.",
  PROVIDER_DISABLED: () => "This way in is closed for now.",
  MERGE_TICKET_INVALID: () => "That took too long. Enter e-mail and password once more.",
  RATE_LIMITED: ({ retryAfterSeconds = 60 }) =>
    `Too many attempts. Try again in ${retryAfterSeconds} seconds.`,
};

export function explainError(error: unknown): string {
  if (error instanceof Refusal) return refusals[error.code]?.(error) ?? error.message;
  return "No answer came. Try again in a moment.";
}

const endings: Record<string, string> = {
  SESSION_REVOKED: "Your session was ended elsewhere.",
  USER_DISABLED: "This account is disabled.",
};

/** Why the visitor is a guest now, by the code that ended the session before. */
export const explainEnding = (code: string): string =>
  `${endings[code] ?? "Your session is over."} You go on as a new guest.`;
