import type { EntityManager } from "typeorm";
import { viewEvent } from "./event-view.ts";
import { type AuditQuery, listAuditEvents } from "./list-events.ts";

const PAGE = 500;

/** Events as lines of NDJSON, newest first, read a page at a time: memory does not grow with them. */
export async function* exportAuditEvents(reads: EntityManager, query: AuditQuery): AsyncGenerator<string> {
  for (let after: string | null = null; ; ) {
    const page = await listAuditEvents(reads, { query, after, limit: PAGE });
    for (const event of page) yield `${JSON.stringify(viewEvent(event))}\n`;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    after = last.id;
  }
}
