import { Button, Group, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useRef, useState } from "react";
import type { AuditEventFilter } from "../../graphql/graphql.ts";
import { formatNumber } from "../../parts/numbers.ts";
import { downloadEvents } from "./download-events.ts";

/** Downloads the events that match the filters as NDJSON. */
export function ExportButton({ filter }: { filter: AuditEventFilter }) {
  const [status, setStatus] = useState("");
  const running = useRef<AbortController | null>(null);
  const [isRunning, setRunning] = useState(false);
  const run = async (): Promise<void> => {
    const control = new AbortController();
    running.current = control;
    setRunning(true);
    setStatus("Exporting…");
    const problem = await downloadEvents(filter, {
      signal: control.signal,
      onProgress: (bytes) => setStatus(`Exporting: ${formatNumber(Math.ceil(bytes / 1_024))} KiB`),
    });
    setStatus(problem ?? "Export saved.");
    setRunning(false);
  };
  return (
    <Group gap="sm">
      <Text size="sm" role="status">
        {status}
      </Text>
      {isRunning ? (
        <Button variant="default" onClick={() => running.current?.abort()}>
          Stop
        </Button>
      ) : (
        <Button variant="default" leftSection={<IconDownload size={16} />} onClick={run}>
          Export as NDJSON
        </Button>
      )}
    </Group>
  );
}
