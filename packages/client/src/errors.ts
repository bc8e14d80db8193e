/** Errors of the gateway and of this package, by code. */

/** Codes that the gateway sends (docs/errors.md), and `NO_RESPONSE`. */
export type ErrorCode =
  /** There was no answer of a gateway: offline, a timeout, or something else answered. */
  | "NO_RESPONSE"
  /** The session has ended or expired, or belongs to another user by now. */
  | "UNAUTHENTICATED"
  | "SESSION_REVOKED"
  | "USER_DISABLED"
  | "INVALID_CREDENTIALS"
  | "PROVIDER_DISABLED"
  | "PROVIDER_NOT_FOUND"
  | "PROVIDER_ALREADY_LINKED"
  | "IDENTITY_IN_USE"
  | "EMAIL_NOT_CONFIRMED"
  | "EMAIL_TAKEN"
  | "WEAK_PASSWORD"
  | "MERGE_TICKET_INVALID"
  | "OAUTH_STATE_INVALID"
  | "REDIRECT_URI_NOT_ALLOWED"
  | "REAUTHENTICATION_REQUIRED"
  | "TOKEN_INVALID"
  | "RATE_LIMITED"
  | "SERVICE_UNAVAILABLE"
  | "FORBIDDEN"
  | "BAD_USER_INPUT"
  | "INTERNAL_SERVER_ERROR"
  | (string & {});

/** What every function of this package throws. `message` is the gateway's sentence, which can be shown. */
export class PasserbyError extends Error {
  override readonly name: string = "PasserbyError";
  /** For programs. */
  readonly code: ErrorCode;
  /** Further fields, such as `retryAfterSeconds` of `RATE_LIMITED` and `reason` of `WEAK_PASSWORD`. */
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    extensions: Readonly<Record<string, unknown>> = {},
    cause?: unknown,
  ) {
    super(message, { cause });
    this.code = code;
    this.extensions = extensions;
  }

  /** When to try again after `RATE_LIMITED` or `SERVICE_UNAVAILABLE`; null if the gateway did not say. */
  get retryAfterSeconds(): number | null {
    const seconds = this.extensions.retryAfterSeconds;
    return typeof seconds === "number" ? seconds : null;
  }
}

/** Whether there was no answer, so that the same may succeed later. */
export const isUnanswered = (error: unknown): error is PasserbyError =>
  error instanceof PasserbyError && (error.code === "NO_RESPONSE" || error.code === "SERVICE_UNAVAILABLE");

/** Whether the gateway said that the session of a refresh token has ended. */
export const isSessionEnded = (error: unknown): error is PasserbyError =>
  error instanceof PasserbyError &&
  ["SESSION_REVOKED", "UNAUTHENTICATED", "USER_DISABLED"].includes(error.code);
