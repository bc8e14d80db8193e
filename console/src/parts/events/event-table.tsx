import { Badge, Group, Text } from "@mantine/core";
import { Absent } from "../absent.tsx";
import { type RecordColumn, Records } from "../records.tsx";
import { When } from "../when.tsx";
import { actionLabels } from "./action-labels.ts";
import { EventDetail } from "./event-detail.tsx";
import type { ListedEvent } from "./event-fields.ts";
import { Actor, Target } from "./event-people.tsx";

const columns: readonly RecordColumn<ListedEvent>[] = [
  { label: "Event", cell: (event) => <Action event={event} /> },
  { label: "Time", isShort: true, cell: ({ at }) => <When at={at} /> },
  { label: "Actor", cell: ({ actor }) => <Actor actor={actor} /> },
  { label: "Target", isShort: true, cell: (event) => <Target event={event} /> },
  { label: "Provider", isShort: true, cell: ({ provider }) => provider ?? <Absent /> },
  { label: "IP address", isShort: true, cell: ({ ipAddress }) => ipAddress ?? <Absent /> },
];

/** Audit events, newest first, with expandable details. */
export const EventTable = ({ label, events }: { label: string; events: readonly ListedEvent[] }) => (
  <Records
    label={label}
    columns={columns}
    rows={events}
    keyOf={({ id }) => id}
    detail={(event) => <EventDetail event={event} />}
  />
);

const Action = ({ event: { action, outcome, code } }: { event: ListedEvent }) => (
  <Group gap="xs">
    <Text span size="sm" fw={500}>
      {actionLabels[action]}
    </Text>
    {outcome === "FAILED" && (
      <Badge variant="light" color="red" tt="none" fw={500} title={code ?? undefined}>
        failed: {code}
      </Badge>
    )}
  </Group>
);
