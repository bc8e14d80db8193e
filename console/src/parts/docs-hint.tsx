import { Code, Text } from "@mantine/core";

/** A reference to the documentation: a path in the repository, since the gateway does not serve it. */
export const DocsHint = ({ path }: { path: string }) => (
  <Text size="xs" c="dimmed" mb="md">
    Documentation: <Code>{path}</Code>
  </Text>
);
