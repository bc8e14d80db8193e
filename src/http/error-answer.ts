/** The default error handler: errors in the format of GraphQL, with an HTTP status. */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "pino";
import { type ErrorResponse, toErrorResponse } from "../client-error.ts";
import { errorCatalogue, PasserbyError } from "../errors.ts";
import { requestBudget } from "../request-budget.ts";
import { BodyError } from "./bodies.ts";

export const answerErrors =
  (log: Logger) =>
  (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const expected = toErrorResponse(error);
    if (!expected) log.error({ reqId: request.id, err: error }, "unexpected error");
    return sendGraphError(reply, expected ? explain(error, expected) : unexpected);
  };

/** Sends an error in the format of GraphQL. */
export const sendGraphError = (
  reply: FastifyReply,
  { status, headers, code, message, details }: ErrorResponse,
): FastifyReply =>
  reply
    .code(status)
    .headers({ ...headers, "cache-control": "no-store" })
    .send({ errors: [{ message, extensions: { ...details, code } }] });

const unexpected: ErrorResponse = {
  status: errorCatalogue.INTERNAL_SERVER_ERROR.status,
  headers: {},
  code: "INTERNAL_SERVER_ERROR",
  message: errorCatalogue.INTERNAL_SERVER_ERROR.message,
  details: {},
};

/** Replaces messages of Fastify that do not name the fix. */
const fastifyErrors: Readonly<Record<string, Pick<ErrorResponse, "code" | "message">>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    code: "REQUEST_TOO_LARGE",
    message: errorCatalogue.REQUEST_TOO_LARGE.message,
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: "BAD_USER_INPUT",
    message: "Unsupported media type. Send JSON, with `Content-Type: application/json`.",
  },
};

function explain(error: unknown, response: ErrorResponse): ErrorResponse {
  if (error instanceof PasserbyError || error instanceof BodyError) return response;
  const { code = "" } = error as { code?: string };
  const message = response.message.slice(0, requestBudget.errorCharacters);
  return { ...response, message, ...fastifyErrors[code] };
}
