import { Text } from "@mantine/core";

/** In place of a value that there is none of. */
export const Absent = () => (
  <Text span inherit c="dimmed" aria-label="none">
    –
  </Text>
);
