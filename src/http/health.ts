/** Liveness and readiness, for orchestrators and load balancers. */
import type { FastifyInstance } from "fastify";
import { canWrite } from "../database/can-write.ts";
import type { Database } from "../database/database.ts";
import { isMigrated } from "../database/migrate.ts";

export function addHealthRoutes(
  fastify: FastifyInstance,
  { database, isDraining }: { database: Database; isDraining: () => boolean },
): void {
  fastify.get("/livez", async () => ({ status: "ok" }));
  fastify.get("/readyz", async (_request, reply) => {
    if (isDraining()) return reply.code(503).send({ status: "draining" });
    const isReady = await isMigrated(database).catch(() => false);
    if (!isReady) return reply.code(503).send({ status: "database unavailable" });
    if (!(await canWrite(database))) {
      return reply.code(503).send({ status: "database cannot be written" });
    }
    return reply.send({ status: "ready" });
  });
}
