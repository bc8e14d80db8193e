/** Why a token was refused, or could not be judged. */
export type AccessTokenErrorCode =
  /** It was good once. Refresh the session. */
  | "TOKEN_EXPIRED"
  /** It is no access token of this gateway for this audience, whatever it is. */
  | "TOKEN_INVALID"
  /** Its session has ended, or its user is disabled or deleted. */
  | "TOKEN_REVOKED"
  /** The gateway's keys could not be read: nothing is known about the token. */
  | "KEYS_UNREACHABLE"
  /** The token is genuine, but whether its session goes on could not be learnt. */
  | "REVOCATION_UNKNOWN";

/** What `verifyAccessToken` throws. The cause says more, for a log; the token is in neither. */
export class AccessTokenError extends Error {
  override readonly name = "AccessTokenError";
  readonly code: AccessTokenErrorCode;

  constructor(code: AccessTokenErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}
