/** Registers the protocol's routes with Fastify, with its body parser and error format. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { toClientError } from "../client-error.ts";
import { OperatorNotice, PasserbyError } from "../errors.ts";
import type { Services } from "../services.ts";
import { parseUrl } from "../text/parse-url.ts";
import { readBody } from "./body.ts";
import { RealmError, realmErrorFor } from "./errors.ts";
import type { RealmAnswer, RealmSettings } from "./request.ts";
import { type Route, routes } from "./routes.ts";
import { run } from "./run.ts";

export const REALM_PREFIX = "/api/client/v2.0";
export const REALM_METHODS = ["GET", "POST", "PUT", "DELETE"] as const;

const LOGS = "/logs";

export async function registerRealm(
  fastify: FastifyInstance,
  { services, settings }: { services: Services; settings: RealmSettings },
): Promise<void> {
  const addressOf = (request: FastifyRequest): string => settings.publicUrl ?? addressOfClient(request);

  await fastify.register(
    async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser(
        "application/json",
        { parseAs: "string" },
        async (_request: FastifyRequest, text: string) => readBody(text),
      );
      // SDKs send a content type with every request: without a body it is ignored, even if it is malformed.
      scope.addHook("onRequest", async ({ headers }) => {
        const isChunked = headers["transfer-encoding"] !== undefined;
        if (!isChunked && (headers["content-length"] ?? "0") === "0") delete headers["content-type"];
      });
      scope.addContentTypeParser(
        "*",
        { parseAs: "string" },
        async (_request: FastifyRequest, text: string) => {
          if (text !== "") throw wrongContentType();
          return {};
        },
      );
      scope.setErrorHandler((error, request, reply) => sendError(error, request, reply));
      scope.setNotFoundHandler((request, reply) => sendError(nothingHere(request), request, reply));

      for (const [path, choices] of byPath()) {
        scope.route({
          method: [...REALM_METHODS],
          url: path,
          handler: async (request, reply) => {
            const route = choose(choices, request);
            if (!route) {
              reply.header("allow", [...new Set(choices.map(({ method }) => method))].join(", "));
              throw wrongMethod(request.method);
            }
            const answer = await run(
              route,
              {
                services,
                settings,
                client: request.clientInfo,
                address: addressOf(request),
                params: request.params as Record<string, string>,
                query: firstOfEach(request.query as Record<string, unknown>),
                body: (request.body ?? {}) as Record<string, unknown>,
              },
              authorizationOf(route, request),
            );
            return send(reply, answer);
          },
        });
      }
      // The `link` of errors leads here.
      scope.get(LOGS, async (request, reply) =>
        send(reply, { status: 200, body: explainLog(request.query as Record<string, unknown>) }),
      );
    },
    { prefix: REALM_PREFIX },
  );

  function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const clientError = toRealmError(error) ?? unexpected(error, request);
    const { cause } = clientError;
    if (clientError.status === 503 || cause instanceof OperatorNotice) {
      const reason = cause instanceof Error ? cause.message : clientError.message;
      const event = clientError.status === 503 ? "service unavailable" : "rejected";
      services.log.warn({ reqId: request.id, reason }, event);
    }
    reply.headers(clientError.headers);
    const parameters = new URLSearchParams({ co_id: request.id, ...clientError.linkParameters });
    return send(reply, {
      status: clientError.status,
      body: {
        error: clientError.error,
        ...(clientError.errorCode !== null && { error_code: clientError.errorCode }),
        link: `${addressOf(request)}${REALM_PREFIX}${LOGS}?${parameters}`,
        ...(clientError.message !== clientError.error && { message: clientError.message }),
        ...(clientError.code !== null && { code: clientError.code }),
        ...clientError.details,
      },
    });
  }

  /** Errors of Fastify, such as for a body that is too long, keep their status; everything else is logged as unexpected. */
  function unexpected(error: unknown, request: FastifyRequest): RealmError {
    const { statusCode, message } = (error ?? {}) as { statusCode?: number; message?: string };
    if (statusCode !== undefined && statusCode < 500) {
      return new RealmError({ status: statusCode, errorCode: "BadRequest", error: String(message) });
    }
    // Overload and timeouts are thrown before a route runs.
    const clientError = toClientError(error);
    if (clientError) return realmErrorFor(clientError, { isSignedIn: false });
    services.log.error({ reqId: request.id, err: error }, "unexpected error");
    const details = { errorId: request.id };
    return realmErrorFor(new PasserbyError("INTERNAL_SERVER_ERROR", { details }), { isSignedIn: false });
  }
}

function byPath(): Map<string, Route[]> {
  const paths = new Map<string, Route[]>();
  for (const route of routes) {
    const [path = ""] = route.path.split("?");
    paths.set(path, [...(paths.get(path) ?? []), route]);
  }
  return paths;
}

function choose(choices: readonly Route[], { method, query }: FastifyRequest): Route | undefined {
  const given = query as Record<string, unknown>;
  return choices.find((route) => {
    const [, wanted = ""] = route.path.split("?");
    return (
      route.method === method &&
      // `link` given twice still means a link: treated as a login, it would start another user's session.
      [...new URLSearchParams(wanted)].every(([key, value]) => [given[key]].flat().includes(value))
    );
  });
}

const firstOfEach = (query: Record<string, unknown>): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(query).map(([name, value]) => [name, [value].flat().map(String)[0]]));

/** EventSource in browsers cannot send headers, so SDKs send the token in the query. */
function authorizationOf({ tokenParameter }: Route, { headers, query }: FastifyRequest): string | undefined {
  if (tokenParameter === undefined || headers.authorization !== undefined) return headers.authorization;
  const token = firstOfEach(query as Record<string, unknown>)[tokenParameter];
  return token === undefined ? undefined : `Bearer ${token}`;
}

/** As bytes: to a string Fastify would add a charset, and native SDKs accept exactly `application/json` only. */
function send(
  reply: FastifyReply,
  { status, body }: Omit<RealmAnswer, "status"> & { status: number },
): FastifyReply {
  reply.code(status).header("cache-control", "no-store");
  if (body === undefined) return reply.send();
  return reply.header("content-type", "application/json").send(Buffer.from(JSON.stringify(body)));
}

function addressOfClient({ protocol, host }: FastifyRequest): string {
  // A trusted proxy may forward a value that the client sent.
  const address = `${protocol === "https" ? "https" : "http"}://${host}`;
  return parseUrl(address)?.origin ?? address;
}

const nothingHere = ({ url }: FastifyRequest): RealmError =>
  new RealmError({
    status: 404,
    errorCode: "NotFound",
    error: `${url.split("?")[0]} does not exist; docs/realm-compatibility.md lists the routes`,
  });

/** Also for errors before a route is chosen, such as a request that is too large. */
function toRealmError(error: unknown): RealmError | null {
  if (error instanceof RealmError) return error;
  const clientError = toClientError(error);
  return clientError && realmErrorFor(clientError, { isSignedIn: false });
}

const wrongContentType = (): RealmError =>
  new RealmError({ status: 415, errorCode: "BadRequest", error: "a body must be application/json" });

const wrongMethod = (method: string): RealmError =>
  new RealmError({ status: 405, errorCode: "BadRequest", error: `${method} is not allowed for this route` });

/** App Services had a page of logs; here operators find the request in the log by its id. */
function explainLog({ co_id }: Record<string, unknown>): object {
  const id = typeof co_id === "string" && /^[\w.:-]{1,100}$/.test(co_id) ? co_id : null;
  return {
    co_id: id,
    message:
      "The operator of this gateway finds this request in its log, as `reqId`. Quote the id when you report an error.",
  };
}
