import { Anchor, Group, NativeSelect } from "@mantine/core";
import classes from "../../parts/filters.module.css";
import { SettledInput } from "../../parts/settled-input.tsx";
import { nameOf, type ShownEndpoint } from "../webhooks/endpoint-fields.ts";
import { useReceiptFilter } from "./receipt-filter.ts";

/** @param props.endpoints one from the URL is listed even if it was deleted */
export function ReceiptFilters({
  endpoints,
}: {
  endpoints: readonly Pick<ShownEndpoint, "id" | "description" | "url">[];
}) {
  const { read, write, isFiltered, clear } = useReceiptFilter();
  const endpoint = read("endpoint") ?? "";
  const isListed = endpoint === "" || endpoints.some(({ id }) => id === endpoint);
  return (
    <Group gap="sm" mb="md" align="flex-end" role="search" aria-label="Filters" className={classes.filters}>
      <NativeSelect
        label="Receipt"
        data={[
          { value: "", label: "Any receipt" },
          { value: "outstanding", label: "Outstanding" },
          { value: "overdue", label: "Overdue" },
          { value: "received", label: "Received" },
        ]}
        value={read("state") ?? ""}
        onChange={({ currentTarget }) => write({ state: currentTarget.value })}
      />
      <NativeSelect
        label="Endpoint"
        maw={{ xs: 260 }}
        data={[
          { value: "", label: "Any endpoint" },
          ...endpoints.map((each) => ({ value: each.id, label: nameOf(each) })),
          ...(isListed ? [] : [{ value: endpoint, label: `deleted (…${endpoint.slice(-6)})` }]),
        ]}
        value={endpoint}
        onChange={({ currentTarget }) => write({ endpoint: currentTarget.value })}
      />
      <SettledInput
        label="User"
        placeholder="User id"
        maxLength={512}
        value={read("user") ?? ""}
        onSettle={(user) => write({ user })}
      />
      {isFiltered && (
        <Anchor component="button" type="button" size="sm" onClick={clear} mb={8}>
          Clear filters
        </Anchor>
      )}
    </Group>
  );
}
