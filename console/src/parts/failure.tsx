import { Alert, Button, Group, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { CombinedError } from "urql";
import { useReconnect } from "./use-reconnect.ts";

/** An error message with a retry button. After a network error it retries by itself once the gateway responds. */
export function Failure({ error, retry }: { error: CombinedError; retry: () => void }) {
  useReconnect(error.networkError !== undefined, retry);
  return (
    <Alert role="alert" color="red" icon={<IconAlertTriangle />} title="This could not be loaded">
      <Group justify="space-between">
        <Text size="sm">{failureText(error)}</Text>
        <Button variant="default" size="xs" onClick={retry}>
          Try again
        </Button>
      </Group>
    </Alert>
  );
}

export const UNREACHABLE = "The gateway cannot be reached. It may be restarting.";

/** Rewords messages that address developers of API clients. */
function messageOf({ message, extensions }: CombinedError["graphQLErrors"][number]): string {
  if (extensions.code === "UNAUTHENTICATED") {
    return "Your session ended before this completed. Sign in and try again.";
  }
  if (extensions.code === "DRAFT_CONFLICT" && message.includes("`rebaseDraft`")) {
    return "Another version was deployed after this draft was started. Review the draft, and keep or discard its changes.";
  }
  if (extensions.code === "DRAFT_CONFLICT" && typeof extensions.provider === "string") {
    const by = extensions.changedBy ? ` by ${extensions.changedBy}` : "";
    return `${extensions.provider} was changed${by} after this page loaded it. Check its current settings and try again.`;
  }
  // Backticks mark code in messages; here they are plain text.
  return message.replace(/`([^`]*)`/g, "$1");
}

/** The message of a network or GraphQL error. */
export const failureText = (error: CombinedError): string =>
  error.networkError ? UNREACHABLE : error.graphQLErrors.map(messageOf).join(" ");

export const hasCode = (error: CombinedError | null | undefined, code: string): boolean =>
  error?.graphQLErrors.some(({ extensions }) => extensions.code === code) ?? false;
