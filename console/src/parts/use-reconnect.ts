import { useEffect, useRef } from "react";
import { background } from "../graph.ts";
import { mount } from "../mount.ts";

const PROBE_SECONDS = 3;

/** Of the graph itself, which a proxy may serve from elsewhere than these pages. */
const ask = (): Promise<Response | null> =>
  fetch(`${mount}/admin/graphql`, {
    ...background,
    method: "POST",
    headers: { ...background.headers, "content-type": "application/json" },
    body: JSON.stringify({ query: "query Reachable { __typename }" }),
  }).catch(() => null);

/**
 * Tries again by itself once the gateway answers, and not before: nothing flickers while it does not.
 * @param options.afterOutage only when the gateway was seen to be away, for what may have failed for another reason
 */
export function useReconnect(
  isWaiting: boolean,
  retry: () => void,
  { afterOutage = false }: { afterOutage?: boolean } = {},
): void {
  const latest = useRef(retry);
  latest.current = retry;
  useEffect(() => {
    if (!isWaiting) return;
    let [isStopped, wasAway] = [false, !afterOutage];
    const probe = async (): Promise<void> => {
      if (document.visibilityState === "hidden") return;
      const answer = await ask().catch(() => null);
      if (isStopped) return;
      if (!answer || answer.status >= 500) wasAway = true;
      else if (wasAway) latest.current();
    };
    if (afterOutage) void probe();
    const timer = setInterval(probe, PROBE_SECONDS * 1_000);
    window.addEventListener("online", probe);
    return () => {
      isStopped = true;
      clearInterval(timer);
      window.removeEventListener("online", probe);
    };
  }, [isWaiting, afterOutage]);
}
