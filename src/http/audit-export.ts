/** GET /admin/audit.ndjson: events for an archive or another system, for operators. */
import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import type { EntityManager } from "typeorm";
import { parseAuditQuery } from "../audit/audit-query.ts";
import { exportAuditEvents } from "../audit/export-events.ts";
import { requireAdmin } from "../schema/access.ts";
import { clientErrorOf } from "../schema/errors.ts";
import type { Services } from "../services.ts";
import type { ConsoleCookie } from "./console-cookie.ts";
import { contextOf } from "./request-context.ts";

export function addAuditExport(
  fastify: FastifyInstance,
  { services, cookie, reads }: { services: Services; cookie: ConsoleCookie | null; reads: EntityManager },
): void {
  fastify.get("/admin/audit.ndjson", async (request, reply) => {
    try {
      requireAdmin(await contextOf(services, request, { isAdminSurface: true, cookie }));
      const events = exportAuditEvents(reads, parseAuditQuery(request.query));
      return await reply
        .type("application/x-ndjson; charset=utf-8")
        .header("cache-control", "no-store")
        .header("content-disposition", 'attachment; filename="audit.ndjson"')
        .send(Readable.from(events, { objectMode: false }));
    } catch (error) {
      // The context wraps the error for a graph; the error handler of this route expects it without the wrapper.
      throw clientErrorOf(error) ?? error;
    }
  });
}
