import { ownPage } from "../../graph.ts";
import type { AuditEventFilter } from "../../graphql/graphql.ts";
import { mount } from "../../mount.ts";
import { sessionEnded } from "../../session-ended.ts";

/**
 * Downloads the export with `fetch`, since a plain link cannot send the header that protects against CSRF.
 * @returns an error message; null on success
 */
export async function downloadEvents(
  filter: AuditEventFilter,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (bytes: number) => void },
): Promise<string | null> {
  try {
    const answer = await fetch(`${mount}/admin/audit.ndjson?${parametersOf(filter)}`, {
      headers: ownPage,
      signal,
    });
    if (answer.status === 401) sessionEnded.notify();
    if (!answer.ok) return (await answer.json()).errors[0].message;
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let bytes = 0;
    for (const reader = answer.body?.getReader(); reader; ) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      bytes += value.length;
      onProgress(bytes);
    }
    save(new Blob(parts, { type: "application/x-ndjson" }));
    return null;
  } catch {
    return signal.aborted ? "The export was stopped." : "The export failed. Try again.";
  }
}

function parametersOf({ actions, ...others }: AuditEventFilter): URLSearchParams {
  const parameters = new URLSearchParams();
  if (actions) parameters.set("action", actions.join(","));
  for (const [name, value] of Object.entries(others)) if (value) parameters.set(name, String(value));
  return parameters;
}

function save(content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = Object.assign(document.createElement("a"), { href: address, download: "audit.ndjson" });
  link.click();
  URL.revokeObjectURL(address);
}
