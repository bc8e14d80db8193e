import { Anchor, Group, NativeSelect } from "@mantine/core";
import { actionLabels } from "../../parts/events/action-labels.ts";
import classes from "../../parts/filters.module.css";
import { ProviderSelect } from "../../parts/provider-select.tsx";
import { SettledInput } from "../../parts/settled-input.tsx";
import { type EventParameter, useEventFilter } from "./event-filter.ts";

const actions = Object.entries(actionLabels)
  .map(([value, label]) => ({ value, label }))
  .sort((a, b) => a.label.localeCompare(b.label));

export function EventFilters() {
  const { read, write, isFiltered, clear } = useEventFilter();
  const choice = (name: EventParameter) => ({
    value: read(name) ?? "",
    onChange: (event: { currentTarget: { value: string } }) => write({ [name]: event.currentTarget.value }),
  });
  const settled = (name: EventParameter) => ({
    value: read(name) ?? "",
    onSettle: (value: string) => write({ [name]: value }),
  });
  return (
    <Group gap="sm" mb="md" align="flex-end" role="search" aria-label="Filters" className={classes.filters}>
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
      {isFiltered && (
        <Anchor component="button" type="button" size="sm" onClick={clear} mb={8}>
          Clear filters
        </Anchor>
      )}
    </Group>
  );
}
