import { Badge, Group, Text } from "@mantine/core";
import { type RecordColumn, Records } from "../records.tsx";
import { When } from "../when.tsx";
import { actionLabels } from "./action-labels.ts";
import { EventDetail } from "./event-detail.tsx";
import type { ListedEvent } from "./event-fields.ts";
import { Actor, Subject } from "./event-people.tsx";

const columns: readonly RecordColumn<ListedEvent>[] = [
  { label: "What", cell: (event) => <What event={event} /> },
  { label: "When", isShort: true, cell: ({ at }) => <When at={at} /> },
  { label: "Who", cell: ({ actor }) => <Actor actor={actor} /> },
  { label: "To whom", isShort: true, cell: (event) => <Subject event={event} /> },
  { label: "Provider", isShort: true, cell: ({ provider }) => provider ?? <Absent /> },
  { label: "Address", isShort: true, cell: ({ ipAddress }) => ipAddress ?? <Absent /> },
];

/** What happened, newest first; each event shows the rest of itself when asked. */
export const EventTable = ({ label, events }: { label: string; events: readonly ListedEvent[] }) => (
  <Records
    label={label}
    columns={columns}
    rows={events}
    keyOf={({ id }) => id}
    detail={(event) => <EventDetail event={event} />}
  />
);

const What = ({ event: { action, outcome, code } }: { event: ListedEvent }) => (
  <Group gap="xs">
    <Text span size="sm" fw={500}>
      {actionLabels[action]}
    </Text>
    {outcome === "REFUSED" && (
      <Badge variant="light" color="red" tt="none" fw={500} title={code ?? undefined}>
        refused: {code}
      </Badge>
    )}
  </Group>
);

const Absent = () => (
  <Text span inherit c="dimmed" aria-label="none">
    –
  </Text>
);
