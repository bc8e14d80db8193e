import { Alert, Button, Group, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { CombinedError } from "urql";
import { useReconnect } from "./use-reconnect.ts";

/** What went wrong in a sentence of the gateway's, and the way to try again. It tries by itself when the gateway is back. */
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

/** Sentences of the gateway that are for programs, as an operator reads them here. */
function sentenceOf({ message, extensions }: CombinedError["graphQLErrors"][number]): string {
  if (extensions.code === "UNAUTHENTICATED") {
    return "Your session ended before this was done. Sign in, and do it again.";
  }
  if (extensions.code === "DRAFT_CONFLICT" && message.includes("`rebaseDraft`")) {
    return "Another deployment went live after this draft was begun. Review the draft, and keep or discard its changes.";
  }
  if (extensions.code === "DRAFT_CONFLICT" && typeof extensions.provider === "string") {
    const by = extensions.changedBy ? ` by ${extensions.changedBy}` : "";
    return `${extensions.provider} was changed${by} after it was shown here. Look at it as it is now.`;
  }
  // Backticks mark code where messages are read as they are.
  return message.replace(/`([^`]*)`/g, "$1");
}

/** One sentence for a person, whether the gateway answered or not. */
export const failureText = (error: CombinedError): string =>
  error.networkError ? UNREACHABLE : error.graphQLErrors.map(sentenceOf).join(" ");

export const hasCode = (error: CombinedError | null | undefined, code: string): boolean =>
  error?.graphQLErrors.some(({ extensions }) => extensions.code === code) ?? false;
