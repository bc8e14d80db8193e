import { Alert, Anchor, Stack, Table, Text, Title } from "@mantine/core";
import { IconUserOff } from "@tabler/icons-react";
import { Link } from "react-router";
import type { NamedProvider } from "../parts/change-list.tsx";
import { useLongList } from "../parts/long-list.tsx";
import { formatNumber } from "../parts/numbers.ts";
import { plural } from "../parts/plural.ts";

export interface ProviderImpact {
  readonly provider: string;
  readonly identities: number;
  readonly usersLosingAccess: number;
  readonly activeSessions: number;
}

/** Further providers appear in the table only, which is sorted by users losing access. */
const MAX_ALERTS = 5;

/** The users and sessions that a deployment affects, sorted by users losing access. */
export function Impact({
  impact,
  providers,
}: {
  impact: readonly ProviderImpact[];
  providers: readonly NamedProvider[];
}) {
  const sorted = [...impact].sort((a, b) => b.usersLosingAccess - a.usersLosingAccess);
  const lockOut = sorted.filter((each) => each.usersLosingAccess > 0);
  const titles = new Map(providers.map(({ name, displayName }) => [name, displayName]));
  const titleOf = (name: string): string => titles.get(name) ?? name;
  const { shown, filter, more } = useLongList(sorted, {
    textOf: ({ provider }) => `${provider} ${titleOf(provider)}`,
    label: "Find a provider in the impact",
    noun: "provider",
    portion: 10,
  });
  return (
    <Stack gap="sm">
      <Title order={3} size="h5">
        Impact
      </Title>
      {lockOut.slice(0, MAX_ALERTS).map(({ provider, usersLosingAccess: users }) => (
        <Alert key={provider} color="red" icon={<IconUserOff aria-hidden />} title="Users losing access">
          <Text size="sm" c="var(--mantine-color-text)">
            {plural(users, "user")} would lose access without {titleOf(provider)}.{" "}
            <Anchor
              component={Link}
              to={`/users?losingAccessBy=${encodeURIComponent(provider)}`}
              inherit
              underline="always"
            >
              Show users
            </Anchor>
          </Text>
        </Alert>
      ))}
      {lockOut.length > MAX_ALERTS && (
        <Text size="sm" fw={600}>
          {plural(lockOut.length - MAX_ALERTS, "more provider")} would lock users out. See the table.
        </Text>
      )}
      <div>
        {filter}
        <Table layout="fixed">
          <Table.Thead>
            <Table.Tr>
              {["Provider", "Identities", "Users losing access", "Active sessions"].map((head) => (
                <Table.Th key={head} scope="col">
                  {head}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map((each) => (
              <Table.Tr key={each.provider} style={{ overflowWrap: "anywhere" }}>
                <Table.Th scope="row" fw={500}>
                  {titleOf(each.provider)}
                </Table.Th>
                <Table.Td>{formatNumber(each.identities)}</Table.Td>
                <Table.Td>{formatNumber(each.usersLosingAccess)}</Table.Td>
                <Table.Td>{formatNumber(each.activeSessions)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        {more}
      </div>
      <Text size="sm" c="dimmed">
        Active sessions continue when a provider is disabled.
      </Text>
    </Stack>
  );
}
