/** CORS: which other origins may read responses. */
import cors, { type FastifyCorsOptions } from "@fastify/cors";
import type { FastifyInstance } from "fastify";
import { REALM_METHODS, REALM_PREFIX } from "../realm/register.ts";
import { originMatcher } from "../settings/origins.ts";
import type { Settings } from "../settings/settings.ts";

const LOCALHOST = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

export async function addCors(
  fastify: FastifyInstance,
  { corsOrigins, realm, sessionCookies }: Pick<Settings, "corsOrigins" | "realm" | "sessionCookies">,
): Promise<void> {
  await fastify.register(cors, {
    origin: allowedOrigin(corsOrigins),
    methods: ["GET", "POST"],
    exposedHeaders: ["x-request-id", "retry-after"],
    maxAge: 600,
  });
  // Routes of their own, because choosing the options per request would measurably slow down a login.
  const addPreflight = (path: string, options: FastifyCorsOptions) =>
    fastify.options(path, { config: { cors: options } }, (_request, reply) => reply.callNotFound());
  if (realm) addPreflight(`${REALM_PREFIX}/*`, { methods: [...REALM_METHODS] });
  if (sessionCookies) addPreflight("/graphql", withCredentials);
}

/** For routes that pages may send cookies to. */
export const withCredentials = { credentials: true };

/** Whether an origin is one of `CORS_ORIGINS`. */
export function originTest(origins: Settings["corsOrigins"]): (origin: string) => boolean {
  const allowed = allowedOrigin(origins);
  const patterns = typeof allowed === "boolean" ? [] : [allowed].flat();
  return (origin) =>
    patterns.some((each) => (typeof each === "string" ? each === origin : each.test(origin)));
}

function allowedOrigin(origins: Settings["corsOrigins"]): RegExp | boolean | (string | RegExp)[] {
  if (origins === "localhost") return LOCALHOST;
  if (origins.includes("*")) return true;
  return origins.length > 0 ? origins.map(originMatcher) : false;
}
