/** Formats errors for clients. */
import { randomUUID } from "node:crypto";
import { ApolloServerErrorCode } from "@apollo/server/errors";
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import type { Logger } from "pino";
import { toClientError } from "../client-error.ts";
import { errorCatalogue, OperatorNotice, type PasserbyError } from "../errors.ts";
import { requestBudget } from "../request-budget.ts";

const clientMistakes = new Set<unknown>(
  Object.values(ApolloServerErrorCode).filter((code) => code !== ApolloServerErrorCode.INTERNAL_SERVER_ERROR),
);

/** Keeps client errors; replaces unexpected errors by one fixed message and an id that is also in the log. */
export function formatGraphError(
  formatted: GraphQLFormattedError,
  error: unknown,
  log: Logger,
): GraphQLFormattedError {
  const cause = originOf(error);
  const clientError = toClientError(cause);
  const { path, locations } = formatted;
  const place = {
    ...(locations && { locations: locations.slice(0, requestBudget.documentErrors) }),
    ...(path && path.length > 0 && { path: path.map(cut) }),
  };
  if (clientError) {
    const { cause } = clientError;
    if (cause instanceof OperatorNotice || (cause && clientError.code === "SERVICE_UNAVAILABLE")) {
      const event = clientError.code === "SERVICE_UNAVAILABLE" ? "service unavailable" : "rejected";
      log.warn({ path, reason: cause instanceof Error ? cause.message : String(cause) }, event);
      log.debug({ err: cause }, event);
    }
    return {
      message: cut(clientError.message),
      ...place,
      extensions: { ...clientError.details, code: clientError.code },
    };
  }
  const code = formatted.extensions?.code;
  if (clientMistakes.has(code)) return { message: cut(formatted.message), ...place, extensions: { code } };
  if (isRejectedByGraphql(cause, path)) {
    const message = cut(formatted.message);
    log.debug({ path, message }, "rejected by graphql-js");
    return { message, ...place, extensions: { code: "BAD_USER_INPUT" } };
  }
  const errorId = randomUUID();
  log.error({ errorId, err: cause }, "unexpected error");
  return {
    message: errorCatalogue.INTERNAL_SERVER_ERROR.message,
    ...place,
    extensions: { code: "INTERNAL_SERVER_ERROR", errorId },
  };
}

/**
 * graphql-js throws errors of its own class: for variables and operations as a whole, which have no path, and for
 * arguments, which it places at a node. An error about a resolver's value has neither, and is a bug of the gateway.
 */
function isRejectedByGraphql(cause: unknown, path: GraphQLFormattedError["path"]): boolean {
  return cause instanceof GraphQLError && (path === undefined || (cause.nodes?.length ?? 0) > 0);
}

/** Messages and paths quote names and values of the request, which may be long. */
function cut<Part extends string | number>(part: Part): Part | string {
  if (typeof part === "number" || part.length <= requestBudget.errorCharacters) return part;
  return `${part.slice(0, requestBudget.errorCharacters)}…`;
}

/** The error that was thrown, without the wrappers of Apollo and graphql-js; graphql-js wraps a thrown value that is not an Error twice. */
function originOf(error: unknown): unknown {
  const { originalError, thrownValue } = (error ?? {}) as { originalError?: unknown; thrownValue?: unknown };
  const inner = originalError ?? thrownValue;
  return inner ? originOf(inner) : error;
}

/** The client error in an error that a graph has wrapped; null for an unexpected error. */
export const clientErrorOf = (error: unknown): PasserbyError | null => toClientError(originOf(error));
