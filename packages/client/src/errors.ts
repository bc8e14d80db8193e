/** Errors of the gateway and of this package, by code. */

/** Codes that the gateway sends (docs/errors.md), and those of this package, which have a comment here. */
export type ErrorCode =
  /** There was no answer of a gateway: offline, a timeout, or something else answered. */
  | "NO_RESPONSE"
  | "UNAUTHENTICATED"
  | "SESSION_REVOKED"
  | "USER_DISABLED"
  /** The key of a key-bound session was deleted; or the browser forbids it now, and the session stays. */
  | "KEY_LOST"
  | "KEY_UNAVAILABLE"
  | "PROOF_OF_WORK_REQUIRED"
  | "DPOP_REQUIRED"
  | "INVALID_DPOP_PROOF"
  /** The browser's passkeys. */
  | "PASSKEY_CANCELLED"
  | "PASSKEY_EXISTS"
  | "PASSKEY_UNSUPPORTED"
  | "OAUTH_CANCELLED"
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

/** Whether the session of a refresh token has ended. */
export const isSessionEnded = (error: unknown): error is PasserbyError =>
  error instanceof PasserbyError &&
  ["SESSION_REVOKED", "UNAUTHENTICATED", "USER_DISABLED", "KEY_LOST"].includes(error.code);
