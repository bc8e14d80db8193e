import { Alert, Button, Group, Text } from "@mantine/core";
import { Component, type ReactNode } from "react";
import { useReconnect } from "./use-reconnect.ts";

/** A page that failed says so, and the frame around it stays. Most often its code could not be loaded. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    return this.state.hasFailed ? <FailedPage /> : this.props.children;
  }
}

const reload = (): void => window.location.reload();

/** Code that could not be loaded stays so until the page is loaded again. */
function FailedPage() {
  useReconnect(true, reload, { afterOutage: true });
  return (
    <Alert role="alert" color="red" title="This page could not be shown">
      <Group justify="space-between">
        <Text size="sm">The gateway may be restarting, or was updated meanwhile.</Text>
        <Button variant="default" size="xs" onClick={reload}>
          Load it again
        </Button>
      </Group>
    </Alert>
  );
}
