import { Text } from "@mantine/core";
import type { ReactNode } from "react";

/** A part of a page that holds nothing, in a sentence. */
export const Nothing = ({ children }: { children: ReactNode }) => (
  <Text size="sm" c="dimmed">
    {children}
  </Text>
);
