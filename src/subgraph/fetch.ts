/** As much of `fetch` as is needed here; the global one fits. */
export type Fetch = (
  url: string,
  init: {
    method: string;
    headers: Record<string, string>;
    body?: string;
    redirect: "error";
    signal: AbortSignal;
  },
) => Promise<{
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  json(): Promise<unknown>;
  text(): Promise<string>;
}>;

const TIMEOUT_MS = 5_000;

/** Asks the gateway, which never redirects and answers in milliseconds. */
export const request = (
  fetch: Fetch,
  url: string,
  init: { method?: string; headers?: Record<string, string>; body?: string } = {},
): ReturnType<Fetch> =>
  fetch(url, {
    method: "GET",
    headers: {},
    ...init,
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
