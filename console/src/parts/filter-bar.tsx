import { Anchor, Group } from "@mantine/core";
import type { ReactNode } from "react";
import type { AddressFilter } from "./address-filter.ts";
import classes from "./filters.module.css";

/** The fields of a list's filter, and a link that clears them. */
export const FilterBar = ({
  filter: { isFiltered, clear },
  children,
}: {
  filter: Pick<AddressFilter<string, unknown>, "isFiltered" | "clear">;
  children: ReactNode;
}) => (
  <Group gap="sm" mb="md" align="flex-end" role="search" aria-label="Filters" className={classes.filters}>
    {children}
    {isFiltered && (
      <Anchor component="button" type="button" size="sm" onClick={clear} mb={8}>
        Clear filters
      </Anchor>
    )}
  </Group>
);
