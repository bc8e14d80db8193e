/** The limit of active sessions per user: a new session ends the oldest one above it. */
import type { EntityManager } from "typeorm";
import type { EventServices } from "../../events/record-events.ts";
import type { RequestContext } from "../../request-context.ts";
import { endSessions } from "./end-sessions.ts";

/** Far more devices than a person has; enough for programs that log in with a user's API key. */
export const MAX_LIVE_SESSIONS = 1_000;

/** No limit in effect: SQLite requires LIMIT with OFFSET. */
const ALL = 1_000_000_000;

/**
 * Makes room for a session that the same transaction starts. The user's row must be locked, so that of two concurrent
 * logins the second counts the first.
 */
export async function endOldestSessions(
  manager: EntityManager,
  services: EventServices,
  context: RequestContext,
  { userId }: { userId: string },
): Promise<void> {
  await endSessions(manager, services, context, {
    where: `id IN (
       SELECT id FROM sessions WHERE user_id = ? AND ended_at IS NULL AND (expires_at IS NULL OR expires_at > ?)
       ORDER BY created_at DESC, id DESC LIMIT ? OFFSET ?)`,
    parameters: [userId, +services.clock.now(), ALL, MAX_LIVE_SESSIONS - 1],
    reason: "SESSION_LIMIT",
  });
}
