import { Text } from "@mantine/core";

/** Text truncated to one line; the full text is its tooltip. */
export const Clipped = ({ children, maw = 260 }: { children: string; maw?: number }) => (
  <Text span inherit truncate="end" maw={maw} title={children} display="block">
    {children}
  </Text>
);
