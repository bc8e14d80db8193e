import { Button, Center, Text, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { formatNumber } from "./numbers.ts";
import { plural } from "./plural.ts";

interface LongList<Item> {
  /** What to draw. */
  readonly shown: readonly Item[];
  /** A field above the list, where there are enough entries for one. */
  readonly filter: ReactNode;
  /** Below it: how much is shown, and the way to the rest. */
  readonly more: ReactNode;
}

/** A list of which there may be hundreds: filtered by a text, and drawn in portions. */
export function useLongList<Item>(
  items: readonly Item[],
  {
    textOf,
    label,
    noun,
    portion = 20,
  }: {
    /** Where the filter looks. */
    textOf: (item: Item) => string;
    /** What the filter is called. */
    label: string;
    /** What one entry is called, such as "provider". */
    noun: string;
    portion?: number;
  },
): LongList<Item> {
  const [wanted, setWanted] = useState("");
  const [limit, setLimit] = useState(portion);
  const words = wanted.trim().toLowerCase();
  const matching = words ? items.filter((item) => textOf(item).toLowerCase().includes(words)) : items;
  const isLong = items.length > portion;
  const shown = matching.slice(0, limit);
  const rest = matching.length - shown.length;
  return {
    shown,
    filter: isLong && (
      <TextInput
        label={label}
        type="search"
        leftSection={<IconSearch size={16} aria-hidden />}
        value={wanted}
        onChange={({ currentTarget: { value } }) => {
          setWanted(value);
          setLimit(portion);
        }}
        // A form around it is not sent by what is only looked for.
        onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
        spellCheck={false}
        autoComplete="off"
        maw={360}
        mb="sm"
      />
    ),
    more: isLong && (
      <Center mt="sm" style={{ flexDirection: "column", gap: "var(--mantine-spacing-xs)" }}>
        <Text size="sm" c="dimmed" role="status">
          {matching.length === 0
            ? `No ${noun} matches`
            : `${formatNumber(shown.length)} of ${plural(matching.length, noun)}`}
        </Text>
        {rest > 0 && (
          <Button variant="default" size="xs" onClick={() => setLimit(limit + portion * 5)}>
            Show {formatNumber(Math.min(rest, portion * 5))} more
          </Button>
        )}
      </Center>
    ),
  };
}
