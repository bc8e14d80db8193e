/** Sends operations to the gateway. Whatever is not an answer of a gateway is `NO_RESPONSE`, so that it ends no session. */
import { PasserbyError } from "./errors.ts";

/** How to reach a gateway. */
export interface GatewayOptions {
  /** The gateway's graph, such as `https://id.example.com/graphql`, or `/graphql` on the page's own origin. */
  readonly url: string;
  /** For tests and unusual runtimes; `globalThis.fetch` unless given. */
  readonly fetch?: typeof fetch | undefined;
  /** How long a request may take before it counts as unanswered; 10,000 unless given. A refresh takes 4,500 at most. */
  readonly timeoutMs?: number | undefined;
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message?: string; readonly extensions?: Record<string, unknown> }[];
}

const TIMEOUT_MS = 10_000;
/** A refresh and its repetition fit into the gateway's grace of ten seconds. */
export const MAX_REFRESH_MS = 4_500;

interface SendOptions {
  readonly token?: string | null;
  readonly maxMs?: number;
}

export type Send = <Data>(query: string, variables: object, options?: SendOptions) => Promise<Data>;

/** @returns a function that sends one operation and throws a PasserbyError for the first error of the answer */
export function createSend(
  { url, fetch: fetchWith, timeoutMs = TIMEOUT_MS }: GatewayOptions,
  inCookie: boolean,
): Send {
  return async <Data>(
    query: string,
    variables: object,
    { token, maxMs = timeoutMs }: SendOptions = {},
  ): Promise<Data> => {
    // Not AbortSignal.timeout, which React Native does not have.
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), Math.min(timeoutMs, maxMs));
    let answer: Answer;
    try {
      const response = await (fetchWith ?? globalThis.fetch)(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(token && { authorization: `Bearer ${token}` }),
          ...(inCookie && { "passerby-session": "cookie" }),
        },
        body: JSON.stringify({ query, variables }),
        signal: controller.signal,
        ...(inCookie && { credentials: "include" as const }),
      });
      answer = await response.json();
    } catch (cause) {
      throw noResponse(cause);
    } finally {
      clearTimeout(timer);
    }
    const error = answer?.errors?.[0];
    const code = error?.extensions?.code;
    if (typeof code === "string") throw new PasserbyError(code, error?.message ?? code, error?.extensions);
    if (error || !answer?.data) throw noResponse(answer);
    return answer.data as Data;
  };
}

const noResponse = (cause: unknown): PasserbyError =>
  new PasserbyError("NO_RESPONSE", "The server did not respond. Try again in a moment.", {}, cause);
