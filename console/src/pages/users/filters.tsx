import { Anchor, Badge, Button, CloseButton, Collapse, Group, NativeSelect } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconAdjustmentsHorizontal } from "@tabler/icons-react";
import classes from "../../parts/filters.module.css";
import { ProviderSelect } from "../../parts/provider-select.tsx";
import { SettledInput } from "../../parts/settled-input.tsx";
import { useUserFilter } from "./user-filter.ts";

export function Filters() {
  const { read, write, choice, settled, isFiltered, clear } = useUserFilter();
  const usesCreation = (["createdFrom", "createdUntil", "olderThanDays"] as const).some(read);
  const [isOpen, { toggle }] = useDisclosure(usesCreation);
  const draftProvider = read("losingAccessBy");
  return (
    <>
      <Group gap="sm" mb="sm" align="flex-end" className={classes.filters}>
        <NativeSelect
          label="State"
          data={[
            { value: "", label: "Any state" },
            { value: "anonymous", label: "Anonymous" },
            { value: "permanent", label: "Permanent" },
          ]}
          {...choice("state")}
        />
        <ProviderSelect {...choice("provider")} />
        <NativeSelect
          label="Access"
          data={[
            { value: "", label: "Any access" },
            { value: "no", label: "Enabled" },
            { value: "yes", label: "Disabled" },
          ]}
          {...choice("disabled")}
        />
        <Button
          variant="default"
          leftSection={<IconAdjustmentsHorizontal size={16} />}
          onClick={toggle}
          aria-expanded={isOpen}
          aria-controls="creation-filters"
        >
          Creation date
        </Button>
        {isFiltered && (
          <Anchor component="button" type="button" size="sm" onClick={clear} mb={8}>
            Clear filters
          </Anchor>
        )}
      </Group>
      <Collapse expanded={isOpen} id="creation-filters" transitionDuration={0}>
        <Group gap="sm" mb="sm" align="flex-end" className={classes.filters}>
          <SettledInput type="date" label="Created from (UTC)" {...settled("createdFrom")} />
          <SettledInput type="date" label="Created until (UTC)" {...settled("createdUntil")} />
          <SettledInput
            type="number"
            label="Older than, in days"
            min={0}
            max={36_500}
            w={{ xs: 160 }}
            {...settled("olderThanDays")}
          />
        </Group>
      </Collapse>
      {draftProvider && (
        <Group gap={4} mb="sm">
          <Badge variant="default" size="lg" tt="none">
            Losing access by the draft of {draftProvider}
          </Badge>
          <CloseButton
            size="sm"
            aria-label="Clear this filter"
            onClick={() => write({ losingAccessBy: null })}
          />
        </Group>
      )}
    </>
  );
}
