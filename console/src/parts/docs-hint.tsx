import { Code, Text } from "@mantine/core";

/** Where the project's documentation tells more: a path in its repository, since the gateway serves none of it. */
export const DocsHint = ({ path }: { path: string }) => (
  <Text size="xs" c="dimmed" mb="md">
    Documentation: <Code>{path}</Code>
  </Text>
);
