/** What routes answer that have no words of their own: the errors of the graphs, with a status. */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "pino";
import { toClientError } from "../client-error.ts";
import { type ErrorCode, errorCatalogue } from "../errors.ts";
import { requestBudget } from "../request-budget.ts";
import { BodyError } from "./bodies.ts";

interface Failure {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export const answerErrors =
  (log: Logger) =>
  (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { status, code, message, details } = failureOf(error);
    if (code === "INTERNAL_SERVER_ERROR") log.error({ reqId: request.id, err: error }, "unexpected error");
    if (details?.retryAfterSeconds) reply.header("retry-after", String(details.retryAfterSeconds));
    return reply
      .code(status)
      .header("cache-control", "no-store")
      .send({ errors: [{ message, extensions: { ...details, code } }] });
  };

interface HttpError {
  readonly statusCode?: number;
  readonly code?: string;
  readonly message?: string;
}

/** Fastify's own refusals, in our words where its are of no help. */
const fastifyErrors: Readonly<Record<string, Pick<Failure, "code" | "message">>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    code: "REQUEST_TOO_LARGE",
    message: errorCatalogue.REQUEST_TOO_LARGE.message,
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: "BAD_USER_INPUT",
    message: "This media type is not read here: send JSON, with `Content-Type: application/json`.",
  },
};

function failureOf(error: unknown): Failure {
  const { statusCode: status = 500, code: reason = "", message = "" } = error as HttpError;
  const clientError = toClientError(error);
  if (clientError) {
    const { code, details } = clientError;
    return { status: errorCatalogue[code].status, code, message: clientError.message, details };
  }
  if (status >= 500) {
    const code = "INTERNAL_SERVER_ERROR";
    return { status, code, message: errorCatalogue[code].message };
  }
  if (error instanceof BodyError) return { status, code: error.code, message };
  const known = fastifyErrors[reason] ?? { code: "BAD_USER_INPUT", message };
  return { status, code: known.code, message: known.message.slice(0, requestBudget.errorCharacters) };
}
