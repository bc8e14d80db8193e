/** Connects Fastify and Apollo Server. */
import { type ApolloServer, HeaderMap } from "@apollo/server";
import { ApolloServerErrorCode } from "@apollo/server/errors";
import type { FastifyReply, FastifyRequest } from "fastify";
import { requestBudget } from "../request-budget.ts";
import type { GraphContext } from "../schema/context.ts";
import type { Documents } from "../schema/documents.ts";
import { Turns } from "../schema/turns.ts";
import { parseJson } from "../text/read-json.ts";
import { shortenAccept } from "./accept.ts";
import { badBody } from "./bodies.ts";
import type { Requests } from "./requests.ts";
import type { WaitingAnswers } from "./waiting-answers.ts";

interface Graph {
  readonly apollo: ApolloServer<GraphContext>;
  readonly documents: Documents;
  /** Whether it has one of `longOperations`. */
  readonly mayTakeLong: boolean;
  contextOf(request: FastifyRequest): Promise<GraphContext>;
}

/**
 * Not `@as-integrations/fastify`, which parses a whole URL for each request; its overhead is 10 % of
 * an anonymous login.
 */
export function graphHandler(
  { apollo, documents, mayTakeLong, contextOf }: Graph,
  { requests, answers }: { requests: Requests; answers: WaitingAnswers },
): (request: FastifyRequest, reply: FastifyReply) => Promise<string | undefined> {
  // Coercion is synchronous, and its errors quote the values.
  const bodies = new Turns(requestBudget.smallBodyBytes);

  // One function, because each additional await costs time in every request.
  return async (request, reply) => {
    reply.header("cache-control", "no-store");
    let context: GraphContext | null = null;
    const place = requests.enter(reply);
    if (place) await place;
    try {
      if (reply.sent) return;
      const search = searchOf(request.url);
      const source = request.method === "GET" ? sourceOfSearch(search) : sourceOfBody(request.body);
      const turn = source === null ? null : documents.admit(source);
      if (turn) await turn;
      const bytes = Number(request.headers["content-length"] ?? 0);
      if (bytes > requestBudget.smallBodyBytes) await bodies.take(bytes);
      if (reply.sent) return;
      const { status, headers, body } = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: {
          method: request.method,
          headers: headersOf(request),
          search,
          body: request.body,
        },
        context: async () => {
          context = await contextOf(request);
          if (mayTakeLong) context.answer.liftDeadline = () => requests.liftDeadline(reply);
          return context;
        },
      });
      if (body.kind !== "complete") throw new Error("graphql 16 does not answer in parts.");
      if (reply.sent) return;
      const cookies = (context as GraphContext | null)?.sessionCookie?.headers;
      if (cookies) reply.header("set-cookie", cookies);
      answers.add(reply, body.string.length);
      for (const [name, value] of headers) reply.header(name, value);
      const isInvalidDocument = status === 400 && isPlainJson(headers) && hasDocumentError(body.string);
      reply.code(isInvalidDocument ? 200 : (status ?? 200));
      return body.string;
    } catch (error) {
      if (!reply.sent) throw error;
      request.log.debug({ reqId: request.id, err: error }, "failed after its deadline");
      return;
    } finally {
      (context as GraphContext | null)?.answer.release();
      requests.leave();
    }
  };
}

/** @throws PasserbyError BAD_USER_INPUT when there is no body; Apollo reports everything else */
function sourceOfBody(body: unknown): string | null {
  if (body === undefined) throw badBody("The body is empty. Send JSON.");
  const { query } = (body ?? {}) as { query?: unknown };
  return typeof query === "string" ? query : null;
}

/** @throws PasserbyError BAD_USER_INPUT when a JSON value is nested too deep */
function sourceOfSearch(search: string): string | null {
  const parameters = new URLSearchParams(search);
  for (const name of ["variables", "extensions"]) {
    const value = parameters.get(name);
    if (value !== null) requireJson(name, value);
  }
  return parameters.get("query");
}

function requireJson(name: string, value: string): void {
  try {
    parseJson(value);
  } catch (error) {
    throw badBody(`The parameter \`${name}\` is not read: ${(error as Error).message}`);
  }
}

const isPlainJson = (headers: HeaderMap): boolean =>
  headers.get("content-type")?.startsWith("application/json") ?? false;

const documentErrors = new Set<unknown>([
  ApolloServerErrorCode.GRAPHQL_PARSE_FAILED,
  ApolloServerErrorCode.GRAPHQL_VALIDATION_FAILED,
  ApolloServerErrorCode.OPERATION_RESOLUTION_FAILURE,
  ApolloServerErrorCode.BAD_USER_INPUT,
  "ANSWER_TOO_LARGE",
]);

/**
 * GraphQL over HTTP §6.4.1: a client that accepts only `application/json` cannot distinguish this server's 400 from that of a proxy,
 * so a well-formed request whose document is invalid gets 200. With `application/graphql-response+json` it gets 400.
 */
function hasDocumentError(body: string): boolean {
  const { errors } = JSON.parse(body) as { errors?: { extensions?: { code?: unknown } }[] };
  return errors?.some(({ extensions }) => documentErrors.has(extensions?.code)) ?? false;
}

/** Requires headers that make browsers send a preflight request (Apollo's CSRF prevention). */
const ownHeaders = ["content-type", "x-apollo-operation-name", "apollo-require-preflight"];

/** The headers that Apollo reads. */
function headersOf({ headers }: FastifyRequest): HeaderMap {
  const map = new HeaderMap();
  for (const name of ownHeaders) {
    const value = headers[name];
    if (value) map.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  const accept = shortenAccept(headers.accept ?? "");
  if (accept) map.set("accept", accept);
  return map;
}

function searchOf(url: string): string {
  const start = url.indexOf("?");
  return start < 0 ? "" : url.slice(start);
}
