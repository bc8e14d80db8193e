import { NativeSelect } from "@mantine/core";
import { FilterBar } from "../../parts/filter-bar.tsx";
import { SettledInput } from "../../parts/settled-input.tsx";
import { nameOf, type ShownEndpoint } from "../webhooks/endpoint-fields.ts";
import { useReceiptFilter } from "./receipt-filter.ts";

/** @param props.endpoints one from the URL is listed even if it was deleted */
export function ReceiptFilters({
  endpoints,
}: {
  endpoints: readonly Pick<ShownEndpoint, "id" | "description" | "url">[];
}) {
  const filter = useReceiptFilter();
  const { read, choice, settled } = filter;
  const endpoint = read("endpoint") ?? "";
  const isListed = endpoint === "" || endpoints.some(({ id }) => id === endpoint);
  return (
    <FilterBar filter={filter}>
      <NativeSelect
        label="Receipt"
        data={[
          { value: "", label: "Any receipt" },
          { value: "outstanding", label: "Outstanding" },
          { value: "overdue", label: "Overdue" },
          { value: "received", label: "Received" },
        ]}
        {...choice("state")}
      />
      <NativeSelect
        label="Endpoint"
        maw={{ xs: 260 }}
        data={[
          { value: "", label: "Any endpoint" },
          ...endpoints.map((each) => ({ value: each.id, label: nameOf(each) })),
          ...(isListed ? [] : [{ value: endpoint, label: `deleted (…${endpoint.slice(-6)})` }]),
        ]}
        {...choice("endpoint")}
      />
      <SettledInput label="User" placeholder="User id" maxLength={512} {...settled("user")} />
    </FilterBar>
  );
}
