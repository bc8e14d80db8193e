import { Button, Center, Text, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { formatNumber } from "./numbers.ts";
import { plural } from "./plural.ts";

interface LongList<Item> {
  /** The items to render. */
  readonly shown: readonly Item[];
  /** The search field above the list; false for short lists. */
  readonly filter: ReactNode;
  /** Below the list: the count, and a button that shows more. */
  readonly more: ReactNode;
}

/** A list that may have hundreds of items: searchable, and rendered in portions. */
export function useLongList<Item>(
  items: readonly Item[],
  {
    textOf,
    label,
    noun,
    portion = 20,
  }: {
    /** The text to search in. */
    textOf: (item: Item) => string;
    /** The label of the search field. */
    label: string;
    /** The singular noun for one item, such as "provider". */
    noun: string;
    portion?: number;
  },
): LongList<Item> {
  const [search, setSearch] = useState("");
  const [limit, setLimit] = useState(portion);
  const text = search.trim().toLowerCase();
  const matching = text ? items.filter((item) => textOf(item).toLowerCase().includes(text)) : items;
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
        value={search}
        onChange={({ currentTarget: { value } }) => {
          setSearch(value);
          setLimit(portion);
        }}
        // Enter must not submit a surrounding form.
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
            ? `No ${noun}s match`
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
