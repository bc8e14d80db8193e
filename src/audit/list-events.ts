/** Events as operators look for them: newest first, a page at a time, never counted. */
import type { EntityManager, SelectQueryBuilder } from "typeorm";
import { select } from "../database/sql.ts";
import { type AuditActorKind, AuditEvent } from "../entities/audit-event.ts";
import { leastId } from "../ids.ts";
import type { AuditAction } from "./actions.ts";

export interface AuditQuery {
  readonly actions?: readonly AuditAction[] | null;
  /** An operator's name or a user's id. */
  readonly actor?: string | null;
  readonly actorKind?: AuditActorKind | null;
  /** Also by an id that the user had before merges, and the events of all these ids. */
  readonly userId?: string | null;
  readonly provider?: string | null;
  /** true: failures only; false: successes only. */
  readonly failed?: boolean | null;
  readonly code?: string | null;
  readonly from?: Date | null;
  readonly before?: Date | null;
}

/**
 * @param page.after the id of the event that the page begins after
 * @returns up to `limit`, newest first
 */
export async function listAuditEvents(
  reads: EntityManager,
  { query, after, limit }: { query: AuditQuery; after: string | null; limit: number },
): Promise<AuditEvent[]> {
  const userIds = query.userId ? await findIdsOf(reads, query.userId) : [];
  // One index scan per value, so the cost of a page does not depend on the number of events. Failures are few,
  // and have their own index.
  const isByFailure = Boolean(query.failed || query.code);
  const [column, values] =
    userIds.length > 0 || isByFailure
      ? (["userId", userIds] as const)
      : (["action", [...new Set(query.actions ?? [])]] as const);
  if (query.actions && query.actions.length === 0) return [];
  const walk = (value: string | null): Promise<AuditEvent[]> => {
    const builder = filterEvents(reads, query);
    if (after) builder.andWhere("event.id < :after", { after });
    if (value !== null) builder.andWhere(`event.${column} = :value`, { value });
    return builder.orderBy("event.id", "DESC").limit(limit).getMany();
  };
  const found = await Promise.all((values.length > 0 ? values : [null]).map(walk));
  return found
    .flat()
    .sort((a, b) => (a.id < b.id ? 1 : -1))
    .slice(0, limit);
}

function filterEvents(reads: EntityManager, query: AuditQuery): SelectQueryBuilder<AuditEvent> {
  const builder = reads.createQueryBuilder(AuditEvent, "event").where("1 = 1");
  const { actions, actor, actorKind, userId, provider, failed, code, from, before } = query;
  if (actions && (userId || failed || code)) {
    // As an expression, for it is not what to look for first.
    builder.andWhere("COALESCE(event.action, '') IN (:...actions)", { actions });
  }
  if (actor) builder.andWhere("event.actor = :actor", { actor });
  if (actorKind) builder.andWhere("event.actorKind = :actorKind", { actorKind });
  if (provider) builder.andWhere("event.provider = :provider", { provider });
  if (failed != null) builder.andWhere(`event.code IS ${failed ? "NOT NULL" : "NULL"}`);
  if (code) builder.andWhere("event.code = :code", { code });
  if (from) builder.andWhere("event.id >= :from", { from: leastId(from) });
  if (before) builder.andWhere("event.id < :before", { before: leastId(before) });
  return builder;
}

/** All ids that a user has or had; the id itself where there is no such user any more. */
async function findIdsOf(reads: EntityManager, id: string): Promise<string[]> {
  const rows = await select<{ id: string; user_id: string }>(
    reads,
    `SELECT id, user_id FROM former_user_ids WHERE user_id = ?
     UNION SELECT f.id, f.user_id FROM former_user_ids f JOIN former_user_ids g ON g.user_id = f.user_id WHERE g.id = ?`,
    [id, id],
  );
  return [...new Set([id, ...rows.flatMap((row) => [row.id, row.user_id])])];
}
