import { useCallback, useMemo } from "react";
import type { AuditEventFilter } from "../../graphql/graphql.ts";
import { useAddressParameters } from "../../parts/address-parameters.ts";
import { isAuditAction } from "../../parts/events/action-labels.ts";
import { dayStart } from "../../parts/utc-day.ts";

const names = ["action", "actor", "user", "provider", "outcome", "from", "until"] as const;
type FilterParameter = (typeof names)[number];
export type EventParameter = FilterParameter | "after";

/** The conditions in the address, and as the graph takes them. */
export function useEventFilter(): {
  read: (name: EventParameter) => string | null;
  write: (changes: Partial<Record<EventParameter, string | null>>) => void;
  filter: AuditEventFilter;
  after: string | null;
  isFiltered: boolean;
  clear: () => void;
} {
  const { read, write } = useAddressParameters<EventParameter>();
  const given = names.map((name) => read(name));
  const key = JSON.stringify(given);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is what is given, as one value
  const filter = useMemo(() => toFilter(read), [key]);
  const clear = useCallback(
    () => write(Object.fromEntries(names.map((name) => [name, null])) as Record<FilterParameter, null>),
    [write],
  );
  return {
    read,
    write,
    filter,
    after: read("after"),
    isFiltered: given.some((value) => value !== null),
    clear,
  };
}

/** Leaves out what cannot be meant: an address may have been typed. */
function toFilter(read: (name: FilterParameter) => string | null): AuditEventFilter {
  const action = read("action");
  const outcome = read("outcome");
  const from = dayStart(read("from"));
  const before = dayStart(read("until"), 1);
  return {
    actions: isAuditAction(action) ? [action] : null,
    actor: read("actor"),
    userId: read("user"),
    provider: read("provider"),
    outcome: outcome === "done" ? "DONE" : outcome === "refused" ? "REFUSED" : null,
    from: from === null ? null : new Date(from).toISOString(),
    before: before === null ? null : new Date(before).toISOString(),
  };
}
