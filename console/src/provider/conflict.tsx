import { Alert, Button, Group, Stack, Table, Text } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { When } from "../parts/when.tsx";
import type { Difference } from "./differences.ts";

/** Shown when another operator changed the provider during an edit: both values, and the choice between them. */
export const Conflict = ({
  isSaveRejected,
  by,
  at,
  differences,
  onTakeTheirs,
  onKeepMine,
}: {
  /** Whether the conflict was detected by a save that was rejected. */
  isSaveRejected: boolean;
  by: string | null;
  at: string | null;
  differences: readonly Difference[];
  onTakeTheirs: () => void;
  onKeepMine: () => void;
}) => (
  <Alert
    role="alert"
    color="yellow"
    icon={<IconRefresh aria-hidden />}
    title={
      isSaveRejected
        ? "Nothing was saved: this provider was changed while you edited it"
        : "This provider was changed while you edited it"
    }
  >
    <Stack gap="sm" c="var(--mantine-color-text)">
      <Text size="sm">
        {by && at && (
          <>
            The current values were set by {by}, <When at={at} />.{" "}
          </>
        )}
        Your changes are still in the form, but not saved. “Keep mine” keeps them and takes the other
        operator's values for all other settings.
      </Text>
      <Table layout="fixed" withTableBorder aria-label="Differences">
        <Table.Thead>
          <Table.Tr>
            {["Setting", "Theirs", "Yours"].map((head) => (
              <Table.Th key={head} scope="col">
                {head}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {differences.map(({ label, theirs, mine }) => (
            <Table.Tr key={label} style={{ overflowWrap: "anywhere", verticalAlign: "top" }}>
              <Table.Th scope="row" fw={500}>
                {label}
              </Table.Th>
              <Table.Td>{theirs}</Table.Td>
              <Table.Td>{mine}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Group>
        <Button variant="default" size="xs" onClick={onTakeTheirs}>
          Take theirs
        </Button>
        <Button variant="default" size="xs" onClick={onKeepMine}>
          Keep mine
        </Button>
      </Group>
    </Stack>
  </Alert>
);
