import { Text } from "@mantine/core";
import type { ReactNode } from "react";

/** The text of an empty panel. */
export const Nothing = ({ children }: { children: ReactNode }) => (
  <Text size="sm" c="dimmed">
    {children}
  </Text>
);
