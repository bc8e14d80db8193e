import { Button, Group, Text } from "@mantine/core";
import { IconChevronLeft, IconChevronRight, IconChevronsLeft } from "@tabler/icons-react";
import { useLocation, useNavigate } from "react-router";

interface PagerState {
  /** The cursors of the previous pages; "" is the first page. */
  readonly cursors?: readonly string[];
}

/**
 * Pagination by cursor. The cursor is in the URL. Since connections only page forward, the cursors of previous pages are in
 * the history state; a shared URL has none, and offers the first page instead.
 */
export function Pager({
  endCursor,
  hasNextPage,
  shown,
}: {
  endCursor: string | null | undefined;
  hasNextPage: boolean;
  /** The content of this page, such as "20 users". */
  shown: string;
}) {
  const { search, state } = useLocation();
  const navigate = useNavigate();
  const current = new URLSearchParams(search).get("after") ?? "";
  const cursors = (state as PagerState | null)?.cursors ?? [];
  const open = (after: string, previous: readonly string[]): void => {
    const parameters = new URLSearchParams(search);
    if (after) parameters.set("after", after);
    else parameters.delete("after");
    navigate({ search: parameters.toString() }, { state: { cursors: previous } satisfies PagerState });
  };
  const previous = cursors.at(-1);
  return (
    <Group justify="space-between" mt="md">
      <Text size="sm" c="dimmed" role="status">
        {shown}
        {hasNextPage ? ", more on the next page" : ""}
      </Text>
      <Group gap="xs" component="nav" aria-label="Pagination">
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
