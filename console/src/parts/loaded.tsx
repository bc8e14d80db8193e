import { Stack } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import type { UseQueryState } from "urql";
import { sessionResumed } from "../session-ended.ts";
import { Failure } from "./failure.tsx";
import { PageSkeleton } from "./page-skeleton.tsx";

/**
 * The result of a query: a skeleton, then the data, or an error. Previous data stays visible during a refetch. Refetches
 * after signing in again.
 */
export function Loaded<Data>({
  result,
  retry,
  skeleton = <PageSkeleton />,
  children,
}: {
  result: Pick<UseQueryState<Data>, "data" | "error" | "fetching">;
  retry: () => void;
  skeleton?: ReactNode;
  children: (data: Data) => ReactNode;
}) {
  const { data, error, fetching } = result;
  useEffect(() => sessionResumed.listen(retry), [retry]);
  if (error && !fetching) {
    return (
      <Stack>
        <Failure error={error} retry={retry} />
        {data != null && children(data)}
      </Stack>
    );
  }
  return data == null ? skeleton : children(data);
}
