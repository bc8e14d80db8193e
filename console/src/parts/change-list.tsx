import { Stack, Table, Text, Title } from "@mantine/core";
import { type Change, wordsOf } from "../change-words.ts";
import { useLongList } from "./long-list.tsx";

/** What is known of providers, to name their changes. */
export interface NamedProvider {
  readonly name: string;
  readonly displayName: string;
  readonly titles: Readonly<Record<string, string>>;
}

/** Changes, before and after, a table for each provider. */
export function ChangeList({
  changes,
  providers,
}: {
  changes: readonly Change[];
  providers: readonly NamedProvider[];
}) {
  const names = [...new Set(changes.map(({ provider }) => provider))];
  const known = new Map(providers.map((each) => [each.name, each]));
  const { shown, filter, more } = useLongList(names, {
    textOf: (name) => `${name} ${known.get(name)?.displayName ?? ""}`,
    label: "Find a provider among the changes",
    noun: "provider",
    portion: 10,
  });
  if (names.length === 0) return <Text c="dimmed">Nothing differs.</Text>;
  return (
    <div>
      {filter}
      <Stack gap="lg">
        {shown.map((name) => (
          <ProviderChanges
            key={name}
            name={name}
            known={known.get(name)}
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
  known,
  changes,
}: {
  name: string;
  known: NamedProvider | undefined;
  changes: readonly Change[];
}) => (
  <section aria-label={known?.displayName ?? name}>
    <Title order={3} size="h5" mb={4} style={{ overflowWrap: "anywhere" }}>
      {known?.displayName ?? name}{" "}
      <Text span size="sm" c="dimmed">
        {name}
      </Text>
    </Title>
    <Table layout="fixed" withTableBorder>
      <Table.Thead>
        <Table.Tr>
          {["What", "Before", "After"].map((head) => (
            <Table.Th key={head} scope="col">
              {head}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {changes.map((change) => {
          const { label, before, after } = wordsOf(change, known?.titles ?? {});
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
  </section>
);
