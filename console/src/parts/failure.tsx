import { Alert, Button, Group, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { CombinedError } from "urql";

/** What went wrong in a sentence of the gateway's, and the way to try again. */
export const Failure = ({ error, retry }: { error: CombinedError; retry: () => void }) => (
  <Alert role="alert" color="red" icon={<IconAlertTriangle />} title="This could not be loaded">
    <Group justify="space-between">
      <Text size="sm">{failureText(error)}</Text>
      <Button variant="default" size="xs" onClick={retry}>
        Try again
      </Button>
    </Group>
  </Alert>
);

/** One sentence for a person, whether the gateway answered or not. */
export const failureText = (error: CombinedError): string =>
  error.networkError
    ? "The gateway cannot be reached. It may be restarting."
    : error.graphQLErrors.map(({ message }) => message).join(" ");
