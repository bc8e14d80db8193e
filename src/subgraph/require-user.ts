/** For resolvers: who is calling, or a refusal in the field's place. */
import { type Caller, ERROR_CLASS, type PasserbyContext } from "./context.ts";
import { createGraphError, type GraphErrorCode, type GraphQLErrorClass } from "./graph-error.ts";

/** @throws an error with `extensions.code` UNAUTHENTICATED when nobody is signed in */
export function requireUser(context: PasserbyContext): Caller {
  if (context.caller) return context.caller;
  throw refuse(context, "UNAUTHENTICATED", "Authentication required. Log in first.");
}

/** @throws an error with `extensions.code` UNAUTHENTICATED, or FORBIDDEN when the user is anonymous */
export function requirePermanentUser(context: PasserbyContext): Caller {
  const caller = requireUser(context);
  if (!caller.isAnonymous) return caller;
  throw refuse(context, "FORBIDDEN", "An anonymous user may not do this. Link an identity first.");
}

function refuse(context: PasserbyContext, code: GraphErrorCode, message: string): Error {
  const errorClass = (context as { [ERROR_CLASS]?: GraphQLErrorClass })[ERROR_CLASS];
  return createGraphError(code, message, { errorClass });
}
