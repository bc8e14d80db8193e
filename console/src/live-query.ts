import { useCallback, useEffect, useMemo, useRef } from "react";
import { type AnyVariables, type CombinedError, type DocumentInput, useQuery } from "urql";
import { background } from "./graph.ts";
import { sessionResumed } from "./session-ended.ts";

export interface LiveQuery<Data> {
  /** What was loaded last: it stays while it is loaded again, and when that fails. */
  readonly data: Data | undefined;
  readonly error: CombinedError | undefined;
  readonly isLoading: boolean;
  refresh(): void;
}

/**
 * A query that follows what others do: it asks again when the window is looked at, when somebody signed in again, and
 * every so often if told to.
 * @param options.types what its answer is made of, where an answer may hold none of it and so not tell
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
  const asked = JSON.stringify(variables);
  const last = useRef<{ asked: string; data: Data } | null>(null);
  if (data) last.current = { asked, data };
  const kept = last.current?.asked === asked ? last.current.data : undefined;

  const refresh = useCallback(
    (isByItself = false): void =>
      execute({ requestPolicy: "network-only", ...(isByItself && { fetchOptions: background }) }),
    [execute],
  );
  useEffect(() => {
    const onLook = (): void => {
      if (document.visibilityState === "visible") refresh(true);
    };
    const stopListening = sessionResumed.listen(refresh);
    window.addEventListener("focus", onLook);
    document.addEventListener("visibilitychange", onLook);
    const timer = everySeconds ? setInterval(onLook, everySeconds * 1_000) : undefined;
    return () => {
      stopListening();
      window.removeEventListener("focus", onLook);
      document.removeEventListener("visibilitychange", onLook);
      clearInterval(timer);
    };
  }, [refresh, everySeconds]);

  return { data: kept, error, isLoading: fetching && !kept, refresh };
}
