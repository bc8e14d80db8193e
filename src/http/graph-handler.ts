/** Between Fastify and Apollo: the request in Apollo's words, and its answer in Fastify's. */
import { type ApolloServer, HeaderMap } from "@apollo/server";
import { ApolloServerErrorCode } from "@apollo/server/errors";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { GraphContext } from "../schema/context.ts";

/**
 * The published integration parses a whole URL for each request to find its query string; that and the rest of it
 * cost a tenth of an anonymous login.
 */
export function graphHandler(
  apollo: ApolloServer<GraphContext>,
  contextOf: (request: FastifyRequest) => Promise<GraphContext>,
): (request: FastifyRequest, reply: FastifyReply) => Promise<string> {
  return async (request, reply) => {
    const { status, headers, body } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: request.method,
        headers: headersOf(request),
        search: searchOf(request.url),
        body: request.body,
      },
      context: () => contextOf(request),
    });
    if (body.kind !== "complete") throw new Error("graphql 16 does not answer in parts.");
    for (const [name, value] of headers) reply.header(name, value);
    const isRefusedDocument = status === 400 && isPlainJson(headers) && hasDocumentError(body.string);
    reply.code(isRefusedDocument ? 200 : (status ?? 200));
    return body.string;
  };
}

const isPlainJson = (headers: HeaderMap): boolean =>
  headers.get("content-type")?.startsWith("application/json") ?? false;

const documentErrors = new Set<unknown>([
  ApolloServerErrorCode.GRAPHQL_PARSE_FAILED,
  ApolloServerErrorCode.GRAPHQL_VALIDATION_FAILED,
  ApolloServerErrorCode.OPERATION_RESOLUTION_FAILURE,
  ApolloServerErrorCode.BAD_USER_INPUT,
]);

/**
 * GraphQL over HTTP §6.4.1: who accepts `application/json` alone cannot tell our 400 from that of something on the way,
 * so a well-formed request whose document is refused gets 200. With `application/graphql-response+json` it gets 400.
 */
function hasDocumentError(body: string): boolean {
  const { errors } = JSON.parse(body) as { errors?: { extensions?: { code?: unknown } }[] };
  return errors?.some(({ extensions }) => documentErrors.has(extensions?.code)) ?? false;
}

function headersOf({ headers }: FastifyRequest): HeaderMap {
  const map = new HeaderMap();
  for (const name in headers) {
    const value = headers[name];
    if (value) map.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  return map;
}

function searchOf(url: string): string {
  const start = url.indexOf("?");
  return start < 0 ? "" : url.slice(start);
}
