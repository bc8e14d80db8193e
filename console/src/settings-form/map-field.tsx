import { ActionIcon, Button, Group, Input, Stack, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { MapRow } from "./values.ts";

/** A field for key-value pairs, one row each. */
export function MapField({
  id,
  label,
  description,
  error,
  rows,
  onChange,
}: {
  id: string;
  label: string;
  description: ReactNode;
  error: ReactNode;
  rows: readonly MapRow[];
  onChange: (rows: readonly MapRow[]) => void;
}) {
  const replace = (index: number, row: MapRow): void =>
    onChange(rows.map((each, at) => (at === index ? row : each)));
  return (
    <Input.Wrapper
      labelElement="div"
      label={label}
      description={description}
      error={error}
      role="group"
      aria-label={label}
    >
      <Stack gap="xs" mt={4}>
        {rows.map(([name, value], index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row has no stable key while it is edited
          <Group key={index} gap="xs" wrap="nowrap">
            <TextInput
              aria-label={`${label}, name ${index + 1}`}
              value={name}
              onChange={({ currentTarget }) => replace(index, [currentTarget.value, value])}
              style={{ flex: 1 }}
            />
            <TextInput
              aria-label={`${label}, value ${index + 1}`}
              value={value}
              onChange={({ currentTarget }) => replace(index, [name, currentTarget.value])}
              style={{ flex: 1 }}
            />
            <ActionIcon
              variant="default"
              size="input-sm"
              aria-label={`Remove row ${index + 1} of ${label}`}
              onClick={() => onChange(rows.filter((_, at) => at !== index))}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        <Button
          id={id}
          variant="default"
          size="xs"
          w="fit-content"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => onChange([...rows, ["", ""]])}
          aria-label={`Add a row to ${label}`}
        >
          Add
        </Button>
      </Stack>
    </Input.Wrapper>
  );
}
