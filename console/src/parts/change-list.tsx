import { Box, Stack, Table, Text, Title } from "@mantine/core";
import { type Change, wordsOf } from "../change-words.ts";
import { useLongList } from "./long-list.tsx";

/** The names and setting titles of a provider, for describing its changes. */
export interface NamedProvider {
  readonly name: string;
  readonly displayName: string;
  readonly titles: Readonly<Record<string, string>>;
}

/** A table of changes for each provider: setting, before, after. */
export function ChangeList({
  changes,
  providers,
}: {
  changes: readonly Change[];
  providers: readonly NamedProvider[];
}) {
  const names = [...new Set(changes.map(({ provider }) => provider))];
  const byName = new Map(providers.map((each) => [each.name, each]));
  const { shown, filter, more } = useLongList(names, {
    textOf: (name) => `${name} ${byName.get(name)?.displayName ?? ""}`,
    label: "Find a provider among the changes",
    noun: "provider",
    portion: 10,
  });
  if (names.length === 0) return <Text c="dimmed">No differences.</Text>;
  return (
    <div>
      {filter}
      <Stack gap="lg">
        {shown.map((name) => (
          <ProviderChanges
            key={name}
            name={name}
            details={byName.get(name)}
            changes={changes.filter(({ provider }) => provider === name)}
          />
        ))}
      </Stack>
      {more}
    </div>
  );
}

const ProviderChanges = ({
  name,
  details,
  changes,
}: {
  name: string;
  details: NamedProvider | undefined;
  changes: readonly Change[];
}) => (
  // Not a landmark: a page may list changes of the same provider twice.
  <Box role="group" aria-label={details?.displayName ?? name}>
    <Title order={3} size="h5" mb={4} style={{ overflowWrap: "anywhere" }}>
      {details?.displayName ?? name}{" "}
      <Text span size="sm" c="dimmed">
        {name}
      </Text>
    </Title>
    <Table layout="fixed" withTableBorder>
      <Table.Thead>
        <Table.Tr>
          {["Setting", "Before", "After"].map((head) => (
            <Table.Th key={head} scope="col">
              {head}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {changes.map((change) => {
          const { label, before, after } = wordsOf(change, details?.titles ?? {});
          return (
            <Table.Tr key={change.field} style={{ overflowWrap: "anywhere", verticalAlign: "top" }}>
              <Table.Th scope="row" fw={500}>
                {label}
              </Table.Th>
              <Table.Td>{before}</Table.Td>
              <Table.Td fw={600}>{after}</Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  </Box>
);
