import { Badge } from "@mantine/core";
import type { TablerIcon } from "@tabler/icons-react";

/** A state in a list, by color, icon and word. */
export const StateBadge = ({
  color,
  icon: Icon,
  label,
}: {
  color: string;
  icon: TablerIcon;
  label: string;
}) => (
  <Badge
    color={color}
    variant="light"
    tt="none"
    miw="max-content"
    leftSection={<Icon size={12} aria-hidden />}
  >
    {label}
  </Badge>
);
