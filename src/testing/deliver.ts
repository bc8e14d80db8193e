import type { SignedEvent } from "./signed-events.ts";

export interface DeliveryResult {
  /** 2xx: acknowledged. Others: the gateway tries again. */
  readonly status: number;
  /** What the gateway stores as the purge receipt; null when there is none. */
  readonly receipt: string | null;
}

/**
 * Delivers one event, as the gateway does; redirects are not followed.
 * @param target the URL of the handler, or a function such as `handler.fetch`
 */
export async function deliver(
  target: string | URL | ((request: Request) => Promise<Response>),
  { headers, body }: Pick<SignedEvent, "headers" | "body">,
): Promise<DeliveryResult> {
  const init = { method: "POST", headers, body, redirect: "manual" } as const;
  const response =
    typeof target === "function"
      ? await target(new Request("http://handler.test/", init))
      : await fetch(target, init);
  return { status: response.status, receipt: response.ok ? readReceipt(await response.text()) : null };
}

function readReceipt(text: string): string | null {
  try {
    const { receipt } = JSON.parse(text) as { receipt?: unknown };
    return typeof receipt === "string" ? receipt : null;
  } catch {
    return null;
  }
}
