import { Anchor, Card, SimpleGrid, Text } from "@mantine/core";
import { Link } from "react-router";
import { formatNumber } from "../../parts/numbers.ts";

/** How many receipts are owed, each count linked to the list of them. */
export const Owed = ({ outstanding, overdue }: { outstanding: number; overdue: number }) => (
  <SimpleGrid
    cols={2}
    spacing="sm"
    mb="md"
    maw={480}
    component="ul"
    p={0}
    mt={0}
    mx={0}
    style={{ listStyle: "none" }}
    aria-label="Owed receipts"
  >
    <Count state="outstanding" label="Outstanding" count={outstanding} hint="due within seven days" />
    <Count
      state="overdue"
      label="Overdue"
      count={overdue}
      hint="requested over seven days ago"
      isBad={overdue > 0}
    />
  </SimpleGrid>
);

const Count = ({
  state,
  label,
  count,
  hint,
  isBad = false,
}: {
  state: string;
  label: string;
  count: number;
  hint: string;
  isBad?: boolean;
}) => (
  <Card component="li" withBorder padding="sm">
    <Anchor component={Link} to={`/erasure?state=${state}`} size="sm">
      {label}
    </Anchor>
    <Text size="xl" fw={700} c={isBad ? "var(--mantine-color-error)" : undefined}>
      {formatNumber(count)}
    </Text>
    <Text size="xs" c="dimmed">
      {hint}
    </Text>
  </Card>
);
