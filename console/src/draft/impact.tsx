import { Alert, Anchor, Stack, Table, Text, Title } from "@mantine/core";
import { IconUserOff } from "@tabler/icons-react";
import { Link } from "react-router";
import { type Change, isRemoval } from "../change-words.ts";
import type { NamedProvider } from "../parts/change-list.tsx";

export interface ProviderImpact {
  readonly provider: string;
  readonly identities: number;
  readonly usersLosingTheirOnlyWayIn: number;
  readonly activeSessions: number;
}

const count = new Intl.NumberFormat();

/** Providers whose change somebody would regret: their names are to be typed. */
export function dangersOf(changes: readonly Change[], impact: readonly ProviderImpact[]): string[] {
  const removed = changes.filter(isRemoval).map(({ provider }) => provider);
  const lockOut = impact.filter((each) => each.usersLosingTheirOnlyWayIn > 0).map(({ provider }) => provider);
  return [...new Set([...removed, ...lockOut])];
}

/** Whom a deployment would touch. */
export function Impact({
  impact,
  providers,
}: {
  impact: readonly ProviderImpact[];
  providers: readonly NamedProvider[];
}) {
  const lockOut = impact.filter((each) => each.usersLosingTheirOnlyWayIn > 0);
  const titleOf = (name: string): string => providers.find((each) => each.name === name)?.displayName ?? name;
  return (
    <Stack gap="sm">
      <Title order={3} size="h5">
        Whom it touches
      </Title>
      {lockOut.map(({ provider, usersLosingTheirOnlyWayIn: users }) => (
        <Alert
          key={provider}
          color="red"
          icon={<IconUserOff aria-hidden />}
          title="Somebody loses their only way in"
        >
          <Text size="sm" c="var(--mantine-color-text)">
            {users === 1 ? "1 user" : `${count.format(users)} users`} could not log in any more without{" "}
            {titleOf(provider)}.{" "}
            <Anchor
              component={Link}
              to={`/users?leftWithoutWayInBy=${encodeURIComponent(provider)}`}
              inherit
              underline="always"
            >
              See which
            </Anchor>
          </Text>
        </Alert>
      ))}
      <Table layout="fixed">
        <Table.Thead>
          <Table.Tr>
            {["Provider", "Identities", "Left without a way in", "Live sessions"].map((head) => (
              <Table.Th key={head} scope="col">
                {head}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {impact.map((each) => (
            <Table.Tr key={each.provider} style={{ overflowWrap: "anywhere" }}>
              <Table.Th scope="row" fw={500}>
                {titleOf(each.provider)}
              </Table.Th>
              <Table.Td>{count.format(each.identities)}</Table.Td>
              <Table.Td>{count.format(each.usersLosingTheirOnlyWayIn)}</Table.Td>
              <Table.Td>{count.format(each.activeSessions)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Text size="sm" c="dimmed">
        Live sessions go on, whatever is switched off.
      </Text>
    </Stack>
  );
}
