/** For resolvers: the caller, or an error for the field. */
import { type Caller, ERROR_CLASS, type PasserbyContext } from "./context.ts";
import { createGraphError, type GraphErrorCode, type GraphQLErrorClass } from "./graph-error.ts";

/** @throws an error with `extensions.code` UNAUTHENTICATED without a caller */
export function requireUser(context: PasserbyContext): Caller {
  if (context.caller) return context.caller;
  throw createError(context, "UNAUTHENTICATED", "Authentication required. Log in first.");
}

/** @throws an error with `extensions.code` UNAUTHENTICATED, or FORBIDDEN when the user is anonymous */
export function requirePermanentUser(context: PasserbyContext): Caller {
  const caller = requireUser(context);
  if (!caller.isAnonymous) return caller;
  throw createError(
    context,
    "FORBIDDEN",
    "Anonymous users do not have permission to do this. Link an identity first.",
  );
}

function createError(context: PasserbyContext, code: GraphErrorCode, message: string): Error {
  const errorClass = (context as { [ERROR_CLASS]?: GraphQLErrorClass })[ERROR_CLASS];
  return createGraphError(code, message, { errorClass });
}
