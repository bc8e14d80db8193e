/** The revocation list for consumers. It is public, since it contains only hashes. */
import type { FastifyPluginAsync } from "fastify";
import { REVOKED_SESSIONS_TYPE } from "../identity/revocation/revoked-sessions.ts";
import type { Services } from "../services.ts";
import { holdsTag } from "./etag.ts";

export const REVOKED_SESSIONS_PATH = "/.well-known/revoked-sessions";

export const revokedSessionsRoute =
  ({ revokedSessions }: Pick<Services, "revokedSessions">): FastifyPluginAsync =>
  async (fastify) => {
    fastify.get(REVOKED_SESSIONS_PATH, async (request, reply) => {
      const { jwt, etag, maxAgeSeconds } = await revokedSessions.read();
      reply.header("cache-control", `public, max-age=${maxAgeSeconds}`).header("etag", etag);
      if (holdsTag(request.headers["if-none-match"], etag)) return reply.code(304).send();
      return reply.type(`application/${REVOKED_SESSIONS_TYPE}`).send(jwt);
    });
  };
