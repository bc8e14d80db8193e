import { useCallback, useEffect, useMemo, useRef } from "react";
import { type AnyVariables, type CombinedError, type DocumentInput, useQuery } from "urql";
import { background } from "./graph.ts";
import { sessionResumed } from "./session-ended.ts";

export interface LiveQuery<Data> {
  /** The last result. It stays during a refetch, and when the refetch fails. */
  readonly data: Data | undefined;
  readonly error: CombinedError | undefined;
  readonly isLoading: boolean;
  refresh(): void;
}

/**
 * A query that follows changes by other operators: it refetches when the window gets the focus, after signing in again,
 * and at an interval if one is given.
 * @param options.types the types in the result, for the cache to invalidate it by even when it contains none of them
 */
export function useLiveQuery<Data, Variables extends AnyVariables>({
  query,
  variables,
  types,
  everySeconds,
}: {
  query: DocumentInput<Data, Variables>;
  variables: Variables;
  types?: readonly string[];
  everySeconds?: number;
}): LiveQuery<Data> {
  const typeList = types?.join(" ");
  const context = useMemo(() => (typeList ? { additionalTypenames: typeList.split(" ") } : {}), [typeList]);
  const [{ data, error, fetching }, execute] = useQuery<Data, Variables>({
    query,
    variables,
    context,
  } as never);
  const key = JSON.stringify(variables);
  const last = useRef<{ key: string; data: Data } | null>(null);
  if (data) last.current = { key, data };
  const latest = last.current?.key === key ? last.current.data : undefined;

  const refresh = useCallback(
    (isAutomatic = false): void =>
      execute({ requestPolicy: "network-only", ...(isAutomatic && { fetchOptions: background }) }),
    [execute],
  );
  useEffect(() => {
    const onVisible = (): void => {
      if (document.visibilityState === "visible") refresh(true);
    };
    const stopListening = sessionResumed.listen(refresh);
    window.addEventListener("focus", onVisible);
    document.addEventListener("visibilitychange", onVisible);
    const timer = everySeconds ? setInterval(onVisible, everySeconds * 1_000) : undefined;
    return () => {
      stopListening();
      window.removeEventListener("focus", onVisible);
      document.removeEventListener("visibilitychange", onVisible);
      clearInterval(timer);
    };
  }, [refresh, everySeconds]);

  return { data: latest, error, isLoading: fetching && !latest, refresh };
}
