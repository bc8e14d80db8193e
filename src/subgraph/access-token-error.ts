/** Why a token was rejected, or could not be verified. */
export type AccessTokenErrorCode =
  /** Genuine, but expired. Refresh the session. */
  | "TOKEN_EXPIRED"
  /** Not an access token of this gateway for this audience. */
  | "TOKEN_INVALID"
  /** Genuine, but bound to a key, and the request has no right proof by it (DPoP); or a proof, and no bound token. */
  | "PROOF_INVALID"
  /** Its session has ended, or its user is disabled or deleted. */
  | "TOKEN_REVOKED"
  /** The gateway's keys could not be read, so the token could not be verified. */
  | "KEYS_UNREACHABLE"
  /** Genuine, but whether its session has ended could not be determined. */
  | "REVOCATION_UNKNOWN";

/** Thrown by `verifyAccessToken`. `cause` has details for a log; neither contains the token. */
export class AccessTokenError extends Error {
  override readonly name = "AccessTokenError";
  readonly code: AccessTokenErrorCode;

  constructor(code: AccessTokenErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}
