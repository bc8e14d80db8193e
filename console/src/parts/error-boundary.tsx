import { Alert, Button, Group, Text } from "@mantine/core";
import { Component, type ReactNode } from "react";
import { useReconnect } from "./use-reconnect.ts";

/** Shows an error instead of a page that failed, usually because its code could not be loaded. The frame stays. */
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

/** A failed dynamic import is cached by the browser until the page is reloaded. */
function FailedPage() {
  useReconnect(true, reload, { afterOutage: true });
  return (
    <Alert role="alert" color="red" title="This page could not be loaded">
      <Group justify="space-between">
        <Text size="sm">The gateway may be restarting or may have been updated.</Text>
        <Button variant="default" size="xs" onClick={reload}>
          Reload
        </Button>
      </Group>
    </Alert>
  );
}
