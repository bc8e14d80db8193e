import { isBadText, isUnavailable } from "./database/failures.ts";
import { type ErrorCode, errorCatalogue, PasserbyError } from "./errors.ts";

/** The error as the client may see it; null for unexpected errors. */
export function toClientError(error: unknown): PasserbyError | null {
  if (error instanceof PasserbyError) return error;
  if (isUnavailable(error)) {
    return new PasserbyError("SERVICE_UNAVAILABLE", { cause: error, details: { retryAfterSeconds: 2 } });
  }
  if (isBadText(error)) {
    return new PasserbyError("BAD_USER_INPUT", {
      message: "The input has a character that cannot be stored, such as NUL, or is too long.",
    });
  }
  return null;
}

/** Status and headers of an error, the same on every surface; the format of the body differs. */
export interface ErrorResponse {
  readonly status: number;
  /** Including `retry-after` if the error has `retryAfterSeconds` (RFC 9110 §10.2.3). */
  readonly headers: Readonly<Record<string, string>>;
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The message of an error that was thrown before a route ran, such as one of Fastify. */
interface RequestError {
  readonly statusCode?: number;
  readonly code?: string;
  readonly message?: string;
}

export function responseOf({ code, message, details }: PasserbyError): ErrorResponse {
  const { retryAfterSeconds } = details;
  const headers: Record<string, string> =
    retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  return { status: errorCatalogue[code].status, headers, code, message, details };
}

/** null for an unexpected error, whose text must not be sent to clients. */
export function toErrorResponse(error: unknown): ErrorResponse | null {
  const clientError = toClientError(error);
  if (clientError) return responseOf(clientError);
  const { statusCode: status = 500, code = "", message = "" } = (error ?? {}) as RequestError;
  if (status >= 500) return null;
  return { status, headers: {}, code: isErrorCode(code) ? code : "BAD_USER_INPUT", message, details: {} };
}

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorCatalogue, code);
