import { useEffect, useRef } from "react";
import { background } from "../graph.ts";
import { mount } from "../mount.ts";

const PROBE_SECONDS = 3;

/** Probes the admin graph itself, which a proxy may route differently from these pages. */
const sendProbe = (): Promise<Response | null> =>
  fetch(`${mount}/admin/graphql`, {
    ...background,
    method: "POST",
    headers: { ...background.headers, "content-type": "application/json" },
    body: JSON.stringify({ query: "query Reachable { __typename }" }),
  }).catch(() => null);

/**
 * Retries once the gateway responds to a probe; until then nothing is retried, so that the page does not flicker.
 * @param options.afterOutage retry only if an outage was observed, for failures that may have another cause
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
    let [isStopped, wasDown] = [false, !afterOutage];
    const probe = async (): Promise<void> => {
      if (document.visibilityState === "hidden") return;
      const answer = await sendProbe().catch(() => null);
      if (isStopped) return;
      if (!answer || answer.status >= 500) wasDown = true;
      else if (wasDown) latest.current();
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
