/** What of an error a client sees. */
import { randomUUID } from "node:crypto";
import { ApolloServerErrorCode } from "@apollo/server/errors";
import type { GraphQLFormattedError } from "graphql";
import type { Logger } from "pino";
import { errorCatalogue, OperatorNotice, type PasserbyError } from "../errors.ts";
import { asRefusal } from "../refusal.ts";

const clientMistakes = new Set<unknown>(
  Object.values(ApolloServerErrorCode).filter((code) => code !== ApolloServerErrorCode.INTERNAL_SERVER_ERROR),
);

/** Keeps refusals, and replaces everything unexpected by one fixed message and an id that the log has too. */
export function formatGraphError(
  formatted: GraphQLFormattedError,
  error: unknown,
  log: Logger,
): GraphQLFormattedError {
  const refusal = refusalOf(error);
  const { path, locations } = formatted;
  const place = { ...(locations && { locations }), ...(path && { path }) };
  if (refusal) {
    const { cause } = refusal;
    if (cause instanceof OperatorNotice || (cause && refusal.code === "SERVICE_UNAVAILABLE")) {
      const event = refusal.code === "SERVICE_UNAVAILABLE" ? "service unavailable" : "refused";
      log.warn({ path, reason: cause instanceof Error ? cause.message : String(cause) }, event);
      log.debug({ err: cause }, event);
    }
    return { message: refusal.message, ...place, extensions: { ...refusal.details, code: refusal.code } };
  }
  const code = formatted.extensions?.code;
  if (clientMistakes.has(code)) return { message: formatted.message, ...place, extensions: { code } };
  const errorId = randomUUID();
  log.error({ errorId, err: originOf(error) }, "unexpected error");
  return {
    message: errorCatalogue.INTERNAL_SERVER_ERROR.message,
    ...place,
    extensions: { code: "INTERNAL_SERVER_ERROR", errorId },
  };
}

/** What was thrown, below the wrappings of resolvers and of the context; graphql-js wraps what is no Error once more. */
function originOf(error: unknown): unknown {
  const { originalError, thrownValue } = (error ?? {}) as { originalError?: unknown; thrownValue?: unknown };
  const inner = originalError ?? thrownValue;
  return inner ? originOf(inner) : error;
}

/** The same below the wrappings that a graph puts around it. */
export const refusalOf = (error: unknown): PasserbyError | null => asRefusal(originOf(error));
