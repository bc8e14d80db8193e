/** The console's session: sign in, read, sign out. */
import type { FastifyInstance, FastifyReply } from "fastify";
import { toErrorResponse } from "../client-error.ts";
import { PasserbyError } from "../errors.ts";
import { checkAdminKey } from "../operators/admin-keys.ts";
import { operatorContext, visitorContext } from "../request-context.ts";
import type { Services } from "../services.ts";
import { type ConsoleCookie, isBackground } from "./console-cookie.ts";
import { sendGraphError } from "./error-answer.ts";
import { requireOwnPage } from "./request-context.ts";

const PATH = "/console/session";
const BODY_BYTES = 4_096;
const MAX_KEY = 1_000;

export function serveConsoleSession(
  fastify: FastifyInstance,
  { services, cookie }: { services: Services; cookie: ConsoleCookie },
): void {
  const { operatorSessions } = services;
  fastify.register(async (routes) => {
    routes.setErrorHandler(answerError);
    routes.addHook("onRequest", async (request, reply) => {
      reply.header("cache-control", "no-store");
      requireOwnPage(request, cookie);
    });

    routes.post(PATH, { bodyLimit: BODY_BYTES }, async (request, reply) => {
      const key = readKey(request.body);
      const client = request.clientInfo;
      const known = await checkAdminKey(services, client, key);
      const context = operatorContext(known.name, client);
      // Otherwise the browser's previous session would stay active.
      const before = cookie.read(request);
      if (before !== null) await operatorSessions.end(context, before);
      const { token, ...session } = await operatorSessions.start(context, known);
      return reply.header("set-cookie", cookie.write(token)).send(session);
    });

    routes.get(PATH, async (request) => {
      const token = cookie.read(request);
      const session = token && (await operatorSessions.find(token, { isUse: !isBackground(request) }));
      if (!session) {
        throw new PasserbyError("UNAUTHENTICATED", { message: "You are not signed in to the console." });
      }
      return session;
    });

    routes.delete(PATH, async (request, reply) => {
      const token = cookie.read(request);
      const session = token && (await operatorSessions.find(token, { isUse: false }));
      const { clientInfo: client } = request;
      const context = session ? operatorContext(session.name, client) : visitorContext(client);
      if (token !== null) await operatorSessions.end(context, token);
      return reply.header("set-cookie", cookie.clear()).code(204).send();
    });
  });
}

/** @throws PasserbyError BAD_USER_INPUT */
function readKey(body: unknown): string {
  const { adminKey } = (body ?? {}) as { adminKey?: unknown };
  if (typeof adminKey !== "string") reject('Send JSON such as {"adminKey": "…"}.');
  const key = adminKey.trim();
  if (key === "") reject("Enter an admin key.");
  if (key.length > MAX_KEY) reject("This is too long to be an admin key.");
  return key;
}

function reject(message: string): never {
  throw new PasserbyError("BAD_USER_INPUT", { message });
}

/** Unexpected errors go to the error handler of all routes. */
function answerError(error: unknown, _request: unknown, reply: FastifyReply): FastifyReply {
  const response = toErrorResponse(asBadBody(error) ?? error);
  if (!response) throw error;
  const { retryAfterSeconds } = response.details;
  const message =
    response.code === "RATE_LIMITED"
      ? `Too many attempts. Try again in ${retryAfterSeconds} seconds.`
      : response.message;
  return sendGraphError(reply, { ...response, message });
}

function asBadBody(error: unknown): PasserbyError | null {
  const { statusCode } = error as { statusCode?: number };
  if (statusCode === 413) {
    return new PasserbyError("BAD_USER_INPUT", { message: "This is too long to be an admin key." });
  }
  if (statusCode === undefined || statusCode >= 500) return null;
  return new PasserbyError("BAD_USER_INPUT", { message: 'Send JSON such as {"adminKey": "…"}.' });
}
