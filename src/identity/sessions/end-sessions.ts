import type { EntityManager } from "typeorm";
import { changeReturning } from "../../database/sql.ts";
import { sessionEnded } from "../../events/domain-events.ts";
import type { SessionEndReason } from "../../events/event-types.ts";
import { type EventServices, recordEvents } from "../../events/record-events.ts";
import type { RequestContext } from "../../request-context.ts";

/**
 * Ends sessions, in the caller's transaction. The only place that does.
 * @param options.where a condition on `sessions`, with its parameters
 * @returns how many ended
 */
export async function endSessions(
  manager: EntityManager,
  services: EventServices,
  context: RequestContext,
  { where, parameters, reason }: { where: string; parameters: readonly unknown[]; reason: SessionEndReason },
): Promise<number> {
  const ended = await changeReturning<{ id: string; user_id: string }>(
    manager,
    `UPDATE sessions SET ended_at = ? WHERE ${where} AND ended_at IS NULL RETURNING id, user_id`,
    [+services.clock.now(), ...parameters],
  );
  const events = ended.map(({ id, user_id }) => sessionEnded({ id, userId: user_id }, reason));
  await recordEvents(manager, services, context, ...events);
  return ended.length;
}

/** Ends the sessions of a user whose row is locked. @param options.except a session that stays */
export const endSessionsOf = (
  manager: EntityManager,
  services: EventServices,
  context: RequestContext,
  { userId, except = "", reason }: { userId: string; except?: string; reason: SessionEndReason },
): Promise<number> =>
  endSessions(manager, services, context, {
    where: "user_id = ? AND id <> ?",
    parameters: [userId, except],
    reason,
  });
