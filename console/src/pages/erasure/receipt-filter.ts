import type { ErasureQueryVariables, ReceiptState } from "../../graphql/graphql.ts";
import { useAddressFilter } from "../../parts/address-filter.ts";

const names = ["state", "user", "endpoint"] as const;

const states: Readonly<Record<string, ReceiptState>> = {
  outstanding: "OUTSTANDING",
  overdue: "OVERDUE",
  received: "RECEIVED",
};

export const useReceiptFilter = () => useAddressFilter(names, toFilter);

/** What is owed is listed from the longest owed on; otherwise the newest comes first. */
function toFilter(
  read: (name: (typeof names)[number]) => string | null,
): Omit<ErasureQueryVariables, "after"> {
  const state = states[read("state") ?? ""] ?? null;
  return {
    state,
    userId: read("user"),
    endpointId: read("endpoint"),
    newestFirst: state === null || state === "RECEIVED",
  };
}
