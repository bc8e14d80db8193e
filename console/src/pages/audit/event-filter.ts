import type { AuditEventFilter } from "../../graphql/graphql.ts";
import { useAddressFilter } from "../../parts/address-filter.ts";
import { isAuditAction } from "../../parts/events/action-labels.ts";
import { dayStart } from "../../parts/utc-day.ts";

const names = ["action", "actor", "user", "provider", "outcome", "from", "until"] as const;
type FilterParameter = (typeof names)[number];

export const useEventFilter = () => useAddressFilter(names, toFilter);

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
    outcome: outcome === "done" ? "DONE" : outcome === "failed" ? "FAILED" : null,
    from: from === null ? null : new Date(from).toISOString(),
    before: before === null ? null : new Date(before).toISOString(),
  };
}
