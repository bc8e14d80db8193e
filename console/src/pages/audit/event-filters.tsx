import { NativeSelect } from "@mantine/core";
import { actionLabels } from "../../parts/events/action-labels.ts";
import { FilterBar } from "../../parts/filter-bar.tsx";
import { ProviderSelect } from "../../parts/provider-select.tsx";
import { SettledInput } from "../../parts/settled-input.tsx";
import { useEventFilter } from "./event-filter.ts";

const actions = Object.entries(actionLabels)
  .map(([value, label]) => ({ value, label }))
  .sort((a, b) => a.label.localeCompare(b.label));

export function EventFilters() {
  const filter = useEventFilter();
  const { choice, settled } = filter;
  return (
    <FilterBar filter={filter}>
      <NativeSelect
        label="Action"
        data={[{ value: "", label: "Any action" }, ...actions]}
        {...choice("action")}
      />
      <NativeSelect
        label="Outcome"
        data={[
          { value: "", label: "Any outcome" },
          { value: "done", label: "Succeeded" },
          { value: "failed", label: "Failed" },
        ]}
        {...choice("outcome")}
      />
      <ProviderSelect {...choice("provider")} />
      <SettledInput label="Actor" placeholder="Operator or user id" maxLength={512} {...settled("actor")} />
      <SettledInput label="User" placeholder="User id" maxLength={512} {...settled("user")} />
      <SettledInput type="date" label="From (UTC)" {...settled("from")} />
      <SettledInput type="date" label="Until (UTC)" {...settled("until")} />
    </FilterBar>
  );
}
