import { ActionIcon } from "@mantine/core";
import { IconChevronDown, IconChevronUp } from "@tabler/icons-react";
import { useId, useState } from "react";

interface Detail {
  readonly isOpen: boolean;
  readonly id: string;
  readonly toggle: () => void;
}

/** Tracks which rows are expanded. */
export function useDetails(): { of(key: string): Detail } {
  const prefix = useId();
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  return {
    of: (key) => ({
      isOpen: open.has(key),
      id: `${prefix}-${key}`,
      toggle: () =>
        setOpen((before) => {
          const after = new Set(before);
          if (!after.delete(key)) after.add(key);
          return after;
        }),
    }),
  };
}

export const DetailToggle = ({ isOpen, id, toggle }: Detail) => (
  <ActionIcon
    variant="subtle"
    color="gray"
    onClick={toggle}
    aria-label="Details"
    aria-expanded={isOpen}
    aria-controls={isOpen ? id : undefined}
  >
    {isOpen ? <IconChevronUp size={16} /> : <IconChevronDown size={16} />}
  </ActionIcon>
);
