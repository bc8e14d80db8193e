/** Sends operations to the gateway. Whatever is not an answer of a gateway is `NO_RESPONSE`, so that it ends no session. */
import { PasserbyError } from "./errors.ts";
import { isBound, type SessionKey, type Target } from "./session-key.ts";

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

/** The headers of a request as the user; with a key also of one without a token, so that a login binds its session. */
export type Authorize = (token: string | null, target: Target) => Promise<Record<string, string>>;

export const createAuthorize =
  (key: SessionKey | null): Authorize =>
  async (token, target) => ({
    ...(token && { authorization: `${key && isBound(token) ? "DPoP" : "Bearer"} ${token}` }),
    ...(key && { dpop: await key.prove(target, token) }),
  });

/** @returns a function that sends one operation and throws a PasserbyError for the first error of the answer */
export function createSend(
  { url, fetch: fetchWith, timeoutMs = TIMEOUT_MS }: GatewayOptions,
  inCookie: boolean,
  key: SessionKey | null = null,
): Send {
  const authorize = createAuthorize(key);

  async function sendOnce<Data>(query: string, variables: object, options: SendOptions): Promise<Data> {
    const { token = null, maxMs = timeoutMs } = options;
    const authorization = await authorize(token, { url });
    // Not AbortSignal.timeout, which React Native does not have.
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), Math.min(timeoutMs, maxMs));
    let answer: Answer;
    try {
      const response = await (fetchWith ?? globalThis.fetch)(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...authorization,
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
  }

  return async <Data>(query: string, variables: object, options: SendOptions = {}): Promise<Data> => {
    try {
      return await sendOnce<Data>(query, variables, options);
    } catch (error) {
      const serverTime = error instanceof PasserbyError && error.extensions.serverTime;
      if (!key || typeof serverTime !== "number") throw error;
      key.setTime(serverTime);
      return sendOnce<Data>(query, variables, options);
    }
  };
}

const noResponse = (cause: unknown): PasserbyError =>
  new PasserbyError("NO_RESPONSE", "The server did not respond. Try again in a moment.", {}, cause);
