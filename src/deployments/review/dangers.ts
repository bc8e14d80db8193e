import type { RecordedChange } from "../../entities/deployment.ts";
import type { ProviderImpact } from "./impact.ts";

/** An effect of a deployment that an operator has to confirm. */
export interface Danger {
  readonly provider: string;
  readonly reason: "USERS_LOSING_ACCESS" | "PROVIDER_REMOVED";
  /** Users losing access; 0 where no user depends on a provider that is removed. */
  readonly users: number;
}

const isRemoval = ({ field, after }: RecordedChange): boolean => field === "type" && after === null;

/** At most one for each provider, the removed ones first. */
export function findDangers(changes: readonly RecordedChange[], impact: readonly ProviderImpact[]): Danger[] {
  const usersOf = (name: string): number =>
    impact.find(({ provider }) => provider === name)?.usersLosingAccess ?? 0;
  const removed = changes.filter(isRemoval).map(({ provider }) => provider);
  return [
    ...removed.map(
      (provider): Danger => ({ provider, reason: "PROVIDER_REMOVED", users: usersOf(provider) }),
    ),
    ...impact
      .filter((each) => each.usersLosingAccess > 0 && !removed.includes(each.provider))
      .map(
        ({ provider, usersLosingAccess: users }): Danger => ({
          provider,
          reason: "USERS_LOSING_ACCESS",
          users,
        }),
      ),
  ];
}
