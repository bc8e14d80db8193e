/** How many users and sessions a configuration would affect, counted before it is deployed. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { EntityManager } from "typeorm";
import { select } from "../../database/sql.ts";
import { losingAccessCondition } from "../../identity/users/user-list.ts";
import { countActiveSessionsOf } from "../../statistics/active-sessions.ts";

export interface ProviderImpact {
  readonly provider: string;
  readonly identities: number;
  /** Users who can log in now, and could not after the deployment. */
  readonly usersLosingAccess: number;
  /** Active sessions that were started with this provider. Deploying does not end them. */
  readonly activeSessions: number;
}

/**
 * @param change.methodsBefore names of enabled providers that users can log in with again
 * @param change.methodsAfter the same after the deployment
 */
export async function countImpact(
  reads: EntityManager,
  provider: string,
  change: { methodsBefore: readonly string[]; methodsAfter: readonly string[]; now: Date },
): Promise<ProviderImpact> {
  const { methodsBefore, methodsAfter: others, now } = change;
  const isDisabledByChange = methodsBefore.includes(provider) && !others.includes(provider);
  const [row] = await select<{ count: number }>(
    reads,
    "SELECT count(*) AS count FROM identities WHERE provider = ?",
    [provider],
  );
  return {
    provider,
    identities: Number(row?.count ?? 0),
    usersLosingAccess: isDisabledByChange ? await countUsersLosingAccess(reads, provider, others) : 0,
    activeSessions: await countActiveSessionsOf(reads, provider, now),
  };
}

/** Users counted by one statement: some ten milliseconds, after which other requests get their turn. */
const WINDOW = 10_000;

async function countUsersLosingAccess(
  reads: EntityManager,
  provider: string,
  others: readonly string[],
): Promise<number> {
  const [condition, parameters] = losingAccessCondition({ provider, others });
  let count = 0;
  for (let from = ""; ; ) {
    const [end] = await select<{ user_id: string }>(
      reads,
      `SELECT user_id FROM identities WHERE can_sign_in AND provider = ? AND user_id > ? ORDER BY user_id LIMIT 1 OFFSET ${WINDOW}`,
      [provider, from],
    );
    const [row] = await select<{ count: number }>(
      reads,
      `SELECT count(DISTINCT i.user_id) AS count FROM identities i
       WHERE ${condition} AND i.user_id > ?${end ? " AND i.user_id <= ?" : ""}`,
      [...parameters, from, ...(end ? [end.user_id] : [])],
    );
    count += Number(row?.count ?? 0);
    if (!end) return count;
    from = end.user_id;
    await nextTurn();
  }
}
