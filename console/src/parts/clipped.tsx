import { Text } from "@mantine/core";

/** A name of an operator's choice, on one line however long it is; all of it is its title. */
export const Clipped = ({ children, maw = 260 }: { children: string; maw?: number }) => (
  <Text span inherit truncate="end" maw={maw} title={children} display="block">
    {children}
  </Text>
);
