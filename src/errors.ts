/**
 * The error catalogue: every error that a client can get. People read the message, programs read the code, and the cause
 * is only logged.
 */
interface CatalogueEntry {
  /** Sent to the client; names what to do next. */
  readonly message: string;
  /** HTTP status where a surface maps an error to one (RFC 9110). GraphQL answers 200 for errors of a field. */
  readonly status: number;
  /** `error_code` of the App Services client protocol. */
  readonly realmCode: string;
}

export const errorCatalogue = {
  UNAUTHENTICATED: {
    message: "The access token is missing, expired or not valid. Log in, or refresh the session.",
    status: 401,
    realmCode: "InvalidSession",
  },
  DPOP_REQUIRED: {
    message:
      "This needs a proof of possession: a JWT signed by the client's key, in the header `DPoP` (RFC 9449). See docs/browser-sessions.md.",
    status: 401,
    realmCode: "AuthError",
  },
  INVALID_DPOP_PROOF: {
    message: "The DPoP proof is not valid. Make one for each request.",
    status: 401,
    realmCode: "AuthError",
  },
  FORBIDDEN: {
    message: "You do not have permission to do this.",
    status: 403,
    realmCode: "AuthError",
  },
  PROVIDER_DISABLED: {
    message: "This provider is disabled. `authProviders` lists those that are enabled.",
    status: 403,
    realmCode: "AuthProviderNotFound",
  },
  PROVIDER_NOT_FOUND: {
    message: "There is no provider with that name. `authProviders` lists those that are enabled.",
    status: 404,
    realmCode: "AuthProviderNotFound",
  },
  INVALID_CREDENTIALS: {
    message: "Invalid credentials.",
    status: 401,
    realmCode: "InvalidPassword",
  },
  IDENTITY_IN_USE: {
    message:
      "This identity belongs to another user, and only an anonymous user can be merged. Log in with it to continue as that user.",
    status: 409,
    realmCode: "AuthError",
  },
  PROVIDER_ALREADY_LINKED: {
    message: "This user already has an identity of this provider and can have only one. Unlink it first.",
    status: 409,
    realmCode: "AuthError",
  },
  LAST_IDENTITY: {
    message: "This is the user's only sign-in method. Link another one first.",
    status: 409,
    realmCode: "AuthError",
  },
  IDENTITY_NOT_FOUND: {
    message: "You have no identity with that id. `me { identities { id } }` lists yours.",
    status: 404,
    realmCode: "InvalidParameter",
  },
  SESSION_NOT_FOUND: {
    message: "You have no active session with that id. `me { sessions { id } }` lists yours.",
    status: 404,
    realmCode: "InvalidSession",
  },
  WEBHOOK_ENDPOINT_NOT_FOUND: {
    message: "There is no webhook endpoint with that id. `webhookEndpoints` lists them.",
    status: 404,
    realmCode: "InvalidParameter",
  },
  WEBHOOK_DELIVERY_NOT_FOUND: {
    message: "There is no delivery with that id. `webhookDeliveries` lists them.",
    status: 404,
    realmCode: "InvalidParameter",
  },
  API_KEY_NOT_FOUND: {
    message: "There is no API key with that id. `me { apiKeys { id } }` lists yours.",
    status: 404,
    realmCode: "APIKeyNotFound",
  },
  API_KEY_LIMIT_REACHED: {
    message: "The maximum number of API keys is reached. Delete one that is no longer used.",
    status: 409,
    realmCode: "InvalidParameter",
  },
  OAUTH_STATE_INVALID: {
    message:
      "This login was already completed, has expired, or was started by another session. Start again with `startOAuth`.",
    status: 400,
    realmCode: "InvalidParameter",
  },
  REDIRECT_URI_NOT_ALLOWED: {
    message: "This redirect URI is not allowed. An operator can add it to the provider's `redirectUris`.",
    status: 400,
    realmCode: "InvalidParameter",
  },
  MERGE_TICKET_INVALID: {
    message:
      "The merge ticket was used, has expired, or belongs to another session. Link again to get a new one.",
    status: 400,
    realmCode: "InvalidParameter",
  },
  EMAIL_TAKEN: {
    message: "This email is already registered. Log in with it instead.",
    status: 409,
    realmCode: "AccountNameInUse",
  },
  EMAIL_NOT_CONFIRMED: {
    message:
      "This email is not confirmed yet. Open the link in the confirmation email, or request another one.",
    status: 401,
    realmCode: "AuthError",
  },
  WEAK_PASSWORD: {
    message: "The password is too short, too long or one of the most common ones. Choose another.",
    status: 400,
    realmCode: "InvalidParameter",
  },
  TOKEN_INVALID: {
    message: "This link was used or has expired. Request a new one.",
    status: 400,
    realmCode: "UserpassTokenInvalid",
  },
  REAUTHENTICATION_REQUIRED: {
    message:
      "This step requires a recent login. Log in again with any identity of this user, then repeat it.",
    status: 401,
    realmCode: "AuthError",
  },
  SESSION_REVOKED: {
    message: "This session has ended. Log in again.",
    status: 401,
    realmCode: "InvalidSession",
  },
  USER_DISABLED: {
    message: "This user is disabled. Only an operator can enable it.",
    status: 403,
    realmCode: "UserDisabled",
  },
  USER_NOT_FOUND: {
    message: "There is no user with that id.",
    status: 404,
    realmCode: "UserNotFound",
  },
  RATE_LIMITED: {
    message: "Too many attempts. Wait `retryAfterSeconds` and try again.",
    status: 429,
    realmCode: "RateLimited",
  },
  PROOF_OF_WORK_REQUIRED: {
    message:
      "Many guests are being created. Solve `extensions.challenge`, and repeat the call with `proofOfWork`.",
    status: 403,
    realmCode: "RateLimited",
  },
  DRAFT_CONFLICT: {
    message:
      "Another version was deployed after this draft was started. `rebaseDraft` applies the draft's changes to that version, `discardDraft` discards them.",
    status: 409,
    realmCode: "InvalidParameter",
  },
  NOTHING_TO_DEPLOY: {
    message: "There is no draft, or it is equal to the live version. Save a change first.",
    status: 400,
    realmCode: "InvalidParameter",
  },
  BAD_USER_INPUT: {
    message: "The input is not valid.",
    status: 400,
    realmCode: "InvalidParameter",
  },
  REQUEST_TOO_LARGE: {
    message: "The request is too large. Send less at once.",
    status: 413,
    realmCode: "InvalidParameter",
  },
  ANSWER_TOO_LARGE: {
    message: "The answer would be too large. Request fewer objects or fields at once.",
    status: 400,
    realmCode: "InvalidParameter",
  },
  SERVICE_UNAVAILABLE: {
    // Does not say that nothing was changed: a write whose answer timed out may have happened.
    message: "The service is temporarily unavailable. Try again in a moment.",
    status: 503,
    realmCode: "InternalServerError",
  },
  INTERNAL_SERVER_ERROR: {
    message: "Internal error. Quote the errorId when you report it.",
    status: 500,
    realmCode: "InternalServerError",
  },
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof errorCatalogue;

/** A client error: its message never contains a secret, a stack or SQL. */
export class PasserbyError extends Error {
  override readonly name = "PasserbyError";
  readonly code: ErrorCode;
  /** Facts for the client's program, such as `retryAfterSeconds`; sent as GraphQL `extensions`. */
  readonly details: Readonly<Record<string, unknown>>;

  /**
   * @param options.message a more exact message than the catalogue's; the client sees it
   * @param options.cause only logged
   */
  constructor(
    code: ErrorCode,
    options: { message?: string; details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    // The stack of a client error is never shown, and capturing it would be the most expensive part of the error.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(options.message ?? errorCatalogue[code].message, { cause: options.cause });
    Error.stackTraceLimit = stackTraceLimit;
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** The cause of a client error that an operator has to fix. It is logged as a warning; the client does not get it. */
export class OperatorNotice extends Error {
  override readonly name: string = "OperatorNotice";
}
