import { Button, Group, Text } from "@mantine/core";
import { IconChevronLeft, IconChevronRight, IconChevronsLeft } from "@tabler/icons-react";
import { useLocation, useNavigate } from "react-router";

interface Walked {
  /** The cursors of the pages before this one; "" is the first. */
  readonly cursors?: readonly string[];
}

/**
 * The way from page to page. The cursor is in the address; which pages came before is kept by the browser beside it, since
 * lists are only walked forward. Whoever opens a shared address goes back to the first page.
 */
export function Pager({
  endCursor,
  hasNextPage,
  shown,
}: {
  endCursor: string | null | undefined;
  hasNextPage: boolean;
  /** What this page holds, such as "20 users". */
  shown: string;
}) {
  const { search, state } = useLocation();
  const navigate = useNavigate();
  const current = new URLSearchParams(search).get("after") ?? "";
  const cursors = (state as Walked | null)?.cursors ?? [];
  const open = (after: string, walked: readonly string[]): void => {
    const parameters = new URLSearchParams(search);
    if (after) parameters.set("after", after);
    else parameters.delete("after");
    navigate({ search: parameters.toString() }, { state: { cursors: walked } satisfies Walked });
  };
  const previous = cursors.at(-1);
  return (
    <Group justify="space-between" mt="md">
      <Text size="sm" c="dimmed" role="status">
        {shown}
        {hasNextPage ? ", and there are more" : ""}
      </Text>
      <Group gap="xs" component="nav" aria-label="Pages of this list">
        {current !== "" && previous === undefined && (
          <Button
            variant="default"
            size="xs"
            leftSection={<IconChevronsLeft size={14} />}
            onClick={() => open("", [])}
          >
            First page
          </Button>
        )}
        <Button
          variant="default"
          size="xs"
          leftSection={<IconChevronLeft size={14} />}
          disabled={previous === undefined}
          onClick={() => previous !== undefined && open(previous, cursors.slice(0, -1))}
        >
          Previous
        </Button>
        <Button
          variant="default"
          size="xs"
          rightSection={<IconChevronRight size={14} />}
          disabled={!hasNextPage || !endCursor}
          onClick={() => endCursor && open(endCursor, [...cursors, current])}
        >
          Next
        </Button>
      </Group>
    </Group>
  );
}
