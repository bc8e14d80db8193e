import { Skeleton, Stack, VisuallyHidden } from "@mantine/core";

/** The placeholder of a loading page. */
export const PageSkeleton = ({ rows = 6 }: { rows?: number }) => (
  <Stack gap="sm" role="status">
    <VisuallyHidden>Loading…</VisuallyHidden>
    <Skeleton height={32} width="40%" mb="md" />
    {Array.from({ length: rows }, (_, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: the rows are identical and static
      <Skeleton key={index} height={24} />
    ))}
  </Stack>
);
