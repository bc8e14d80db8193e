/** CORS: which other origins may read responses. */
import cors from "@fastify/cors";
import type { FastifyInstance } from "fastify";
import { REALM_METHODS, REALM_PREFIX } from "../realm/register.ts";
import { originMatcher } from "../settings/origins.ts";
import type { Settings } from "../settings/settings.ts";

const LOCALHOST = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

export async function addCors(
  fastify: FastifyInstance,
  { corsOrigins, realm }: Pick<Settings, "corsOrigins" | "realm">,
): Promise<void> {
  await fastify.register(cors, {
    origin: allowedOrigin(corsOrigins),
    methods: ["GET", "POST"],
    exposedHeaders: ["x-request-id", "retry-after"],
    maxAge: 600,
  });
  if (!realm) return;
  // A route of its own, because choosing the options per request would measurably slow down a login.
  const config = { cors: { methods: [...REALM_METHODS] } };
  fastify.options(`${REALM_PREFIX}/*`, { config }, (_request, reply) => reply.callNotFound());
}

function allowedOrigin(origins: Settings["corsOrigins"]): RegExp | boolean | (string | RegExp)[] {
  if (origins === "localhost") return LOCALHOST;
  if (origins.includes("*")) return true;
  return origins.length > 0 ? origins.map(originMatcher) : false;
}
