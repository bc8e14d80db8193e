import { isBadText, isUnavailable } from "./database/failures.ts";
import { PasserbyError } from "./errors.ts";

/** What a client may be told of an error; null when that is nothing. */
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
