/** Errors of this protocol: the catalogue's codes, and what depends on the route and on whether a user is signed in. */
import { responseOf } from "../client-error.ts";
import { type ErrorCode, errorCatalogue, type PasserbyError } from "../errors.ts";

interface RealmErrorFields {
  readonly status: number;
  /** null if App Services sent none. */
  readonly errorCode: string | null;
  /** Apps compare it, so it is the text of App Services where that is known. */
  readonly error: string;
  /** What to do next; the same as `error` if that text already names it. */
  readonly message?: string;
  /** The code of the error catalogue; null for errors that only this protocol has. */
  readonly code?: ErrorCode | null;
  /** Additional fields of the body. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** The cause, which is only logged. */
  readonly cause?: unknown;
  /** Additional parameters of the link: SDKs show apps only the texts and the link. */
  readonly linkParameters?: Readonly<Record<string, string>>;
}

export class RealmError extends Error implements RealmErrorFields {
  override readonly name = "RealmError";
  readonly status: number;
  readonly errorCode: string | null;
  readonly error: string;
  readonly code: ErrorCode | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly linkParameters: Readonly<Record<string, string>>;

  constructor(fields: RealmErrorFields) {
    super(fields.message ?? fields.error, { cause: fields.cause });
    this.status = fields.status;
    this.errorCode = fields.errorCode;
    this.error = fields.error;
    this.code = fields.code ?? null;
    this.details = fields.details ?? {};
    this.headers = fields.headers ?? {};
    this.linkParameters = fields.linkParameters ?? {};
  }
}

/** Texts that apps or SDKs are known to compare. */
const originalTexts: Partial<Record<ErrorCode, string>> = {
  EMAIL_TAKEN: "name already in use",
  TOKEN_INVALID: "userpass token is expired or invalid",
  API_KEY_NOT_FOUND: "API key not found",
  IDENTITY_IN_USE: "a user already exists with the specified provider",
};

/** Replace messages of the catalogue that name GraphQL fields. */
const ownSentences: Partial<Record<ErrorCode, string>> = {
  PROVIDER_DISABLED: "This provider is disabled.",
  PROVIDER_NOT_FOUND: "There is no provider with this name.",
  IDENTITY_NOT_FOUND: "You have no identity with this id. The profile lists yours.",
  SESSION_NOT_FOUND: "You have no active session with this id.",
  API_KEY_NOT_FOUND: "You have no API key with this id. GET auth/api_keys lists yours.",
  WEBHOOK_ENDPOINT_NOT_FOUND: "There is no webhook endpoint with this id.",
  WEBHOOK_DELIVERY_NOT_FOUND: "There is no delivery with this id.",
  OAUTH_STATE_INVALID:
    "This login was already completed, has expired, or was started by another session. Start again.",
  REDIRECT_URI_NOT_ALLOWED: "This redirect URI is not allowed. Ask the operator to add it.",
  RATE_LIMITED: "Too many attempts. Wait the seconds in the Retry-After header, then try again.",
  PROOF_OF_WORK_REQUIRED: "Many guests are being created. Wait a minute, then try again.",
  DPOP_REQUIRED:
    "This gateway accepts only sessions that are bound to a key (DPoP), which this protocol cannot carry.",
  INTERNAL_SERVER_ERROR: "Internal error. Quote the id in the link when you report it.",
};

/** What depends on more than the code: its `reason`. */
function explainReason({ code, details }: PasserbyError): Partial<RealmErrorFields> | null {
  const { reason, minLength, maxLength } = details;
  if (code === "WEAK_PASSWORD" && reason === "LENGTH") {
    return {
      error: `password must be between ${minLength} and ${maxLength} characters`,
      errorCode: "BadRequest",
    };
  }
  if (reason === "PASSWORD_RESET_OFF") {
    return { status: 400, error: "please use reset password via function", errorCode: "BadRequest" };
  }
  if (reason === "ANONYMOUS") {
    return { message: "An anonymous user has no API keys. Link another identity first." };
  }
  return null;
}

const sessionEndedCodes: readonly ErrorCode[] = ["UNAUTHENTICATED", "SESSION_REVOKED"];

/**
 * A client error of a handler. When a signed-in user gets a 401, SDKs refresh the session and retry, old ones without
 * a limit: so a signed-in client gets 401 only when the session has ended, and the refresh fails too.
 */
export function realmErrorFor(error: PasserbyError, { isSignedIn }: { isSignedIn: boolean }): RealmError {
  const { code, cause } = error;
  const { realmCode, message: sentence } = errorCatalogue[code];
  const { status, headers, details: given } = responseOf(error);
  // The header says when to try again.
  const { retryAfterSeconds: _, ...details } = given;
  if (sessionEndedCodes.includes(code)) return tokenError(error, "access");
  const message = error.message === sentence ? (ownSentences[code] ?? sentence) : error.message;
  const text = status === 401 && !isSignedIn ? "unauthorized" : (originalTexts[code] ?? message);
  return new RealmError({
    status: status === 401 && isSignedIn ? 403 : status,
    errorCode: realmCode,
    error: text,
    message,
    code,
    details,
    headers,
    cause,
    ...explainReason(error),
  });
}

/** The text of App Services for a request without a token. */
const MISSING = "expected Authorization header with JWT (Bearer schema)";

/**
 * The token is invalid: for every reason the code must be the same, or SDKs continue to treat the user as
 * logged in.
 */
export const tokenError = (
  { message, code }: PasserbyError,
  kind: "access" | "refresh",
  isExpired = false,
): RealmError =>
  new RealmError({
    status: 401,
    errorCode: "InvalidSession",
    error:
      kind === "access"
        ? `invalid session: ${isExpired ? "access token expired" : message}`
        : // realm-web and the native SDKs log the user out silently when they find this text.
          "invalid session: failed to find refresh token",
    message,
    code,
  });

/** @param error the text of App Services for a request to this route without a token */
export const missingTokenError = (error: string = MISSING): RealmError =>
  new RealmError({
    status: 401,
    errorCode: "InvalidSession",
    error,
    message: "Send the token as `Authorization: Bearer <token>`.",
    code: "UNAUTHENTICATED",
  });

export const notFound = (errorCode: string, error: string): RealmError =>
  new RealmError({ status: 404, errorCode, error });

export const badRequest = (error: string, errorCode = "BadRequest", message = error): RealmError =>
  new RealmError({ status: 400, errorCode, error, message, code: "BAD_USER_INPUT" });
