/** What a configuration would do to real people: counted from rows, before it is live. */
import type { EntityManager } from "typeorm";
import { select } from "../database/sql.ts";

export interface ProviderImpact {
  readonly provider: string;
  readonly identities: number;
  /** Users who can log in now, and could not after the deployment. */
  readonly usersLosingTheirOnlyWayIn: number;
  /** Live sessions that began through this provider. They go on. */
  readonly activeSessions: number;
}

/**
 * @param change.waysInBefore names of providers that are on now and can be logged in with again
 * @param change.waysInAfter the same after the deployment
 */
export async function countImpact(
  reads: EntityManager,
  provider: string,
  change: { waysInBefore: readonly string[]; waysInAfter: readonly string[]; now: Date },
): Promise<ProviderImpact> {
  const count = async (sql: string, parameters: readonly unknown[]): Promise<number> => {
    const [row] = await select<{ count: number }>(reads, sql, parameters);
    return Number(row?.count ?? 0);
  };
  const goesOff = change.waysInBefore.includes(provider) && !change.waysInAfter.includes(provider);
  const others = change.waysInAfter.map(() => "?").join(", ");
  const hasNoOther =
    change.waysInAfter.length === 0
      ? ""
      : `AND NOT EXISTS (SELECT 1 FROM identities o WHERE o.user_id = i.user_id AND o.is_way_in AND o.provider IN (${others}))`;
  const [identities, usersLosingTheirOnlyWayIn, activeSessions] = await Promise.all([
    count("SELECT count(*) AS count FROM identities WHERE provider = ?", [provider]),
    goesOff
      ? count(
          `SELECT count(DISTINCT i.user_id) AS count FROM identities i WHERE i.is_way_in AND i.provider = ? ${hasNoOther}`,
          [provider, ...change.waysInAfter],
        )
      : 0,
    count(
      "SELECT count(*) AS count FROM sessions WHERE provider = ? AND ended_at IS NULL AND (expires_at IS NULL OR expires_at > ?)",
      [provider, +change.now],
    ),
  ]);
  return { provider, identities, usersLosingTheirOnlyWayIn, activeSessions };
}
