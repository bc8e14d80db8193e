/** How this protocol says no. The codes are the catalogue's; here is what of them depends on who asked for what. */
import { type ErrorCode, errorCatalogue, type PasserbyError } from "../errors.ts";

interface Refused {
  readonly status: number;
  /** null where the original sent none. */
  readonly errorCode: string | null;
  /** Apps compare it: the original's text, where that is known. */
  readonly error: string;
  /** What to do next; the same as `error` where that says so. */
  readonly message?: string;
  /** Our own code; null for what only this protocol knows. */
  readonly code?: ErrorCode | null;
  /** More fields of the body. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** What really happened, for the log alone. */
  readonly cause?: unknown;
  /** More parameters of the link, which is all that an app on an SDK gets to see beside the texts. */
  readonly linkParameters?: Readonly<Record<string, string>>;
}

export class RealmRefusal extends Error implements Refused {
  override readonly name = "RealmRefusal";
  readonly status: number;
  readonly errorCode: string | null;
  readonly error: string;
  readonly code: ErrorCode | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly linkParameters: Readonly<Record<string, string>>;

  constructor(refused: Refused) {
    super(refused.message ?? refused.error, { cause: refused.cause });
    this.status = refused.status;
    this.errorCode = refused.errorCode;
    this.error = refused.error;
    this.code = refused.code ?? null;
    this.details = refused.details ?? {};
    this.linkParameters = refused.linkParameters ?? {};
  }
}

/** Texts that apps are known to compare, or SDKs to search. */
const originalTexts: Partial<Record<ErrorCode, string>> = {
  EMAIL_TAKEN: "name already in use",
  TOKEN_INVALID: "userpass token is expired or invalid",
  API_KEY_NOT_FOUND: "API key not found",
  IDENTITY_IN_USE: "a user already exists with the specified provider",
};

const sessionIsOver: readonly ErrorCode[] = ["UNAUTHENTICATED", "SESSION_REVOKED"];

/**
 * A refusal of what a handler did. SDKs answer a 401 to a signed-in user by refreshing and asking again, old ones without
 * end: whoever is signed in gets one only when the session is over, and the refresh fails too.
 */
export function refuse(error: PasserbyError, { isSignedIn }: { isSignedIn: boolean }): RealmRefusal {
  const { code, details, message, cause } = error;
  const { status, realmCode } = errorCatalogue[code];
  if (sessionIsOver.includes(code)) return refuseToken(error, "access");
  const text = status === 401 && !isSignedIn ? "unauthorized" : (originalTexts[code] ?? message);
  return new RealmRefusal({
    status: status === 401 && isSignedIn ? 403 : status,
    errorCode: realmCode,
    error: text,
    message,
    code,
    details,
    cause,
  });
}

const tokenTexts = {
  access: "invalid session",
  // realm-web and the native SDKs log somebody out without complaint when they find this.
  refresh: "invalid session: failed to find refresh token",
} as const;

/**
 * The token itself is not good: whatever the reason, SDKs must hear the same code, or they go on believing that somebody is
 * logged in.
 */
export const refuseToken = ({ message, code }: PasserbyError, kind: keyof typeof tokenTexts): RealmRefusal =>
  new RealmRefusal({
    status: 401,
    errorCode: "InvalidSession",
    error: `${tokenTexts[kind]}: ${message}`,
    message,
    code,
  });

export const badRequest = (error: string, errorCode = "BadRequest"): RealmRefusal =>
  new RealmRefusal({ status: 400, errorCode, error, code: "BAD_USER_INPUT" });
