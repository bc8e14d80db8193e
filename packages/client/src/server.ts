/** `@passerby/client/server`: rendering on a server, through `Request` and `Response`, with cookie sessions. */
import { type AuthPayload, LOGIN_ANONYMOUS, REFRESH } from "./documents.ts";
import { isSessionEnded, PasserbyError } from "./errors.ts";
import { createSend, type GatewayOptions } from "./gateway.ts";
import type { Session } from "./store.ts";

const COOKIE = /^(__Host-|__Secure-)?passerby_refresh=/;
/** For the list of a user's sessions, and for limits where the gateway trusts this server (`TRUST_PROXY`). */
const FORWARDED = ["user-agent", "x-forwarded-for"];

/** Options of `openSession`. */
export interface ServerOptions extends GatewayOptions {
  /** Whether a visitor without a session becomes a guest. Leave it out to let the page do so, which robots do not. */
  readonly guests?: boolean | undefined;
}

/** The session of one request. */
export interface ServerSession {
  /** The signed-in user; null if there is none, or the gateway did not respond. */
  readonly session: Session | null;
  /** To send to other servers while rendering; null without a session. */
  readonly accessToken: string | null;
  /** Why there is no session although there may be one, such as `NO_RESPONSE`: render as for a visitor, the page recovers. */
  readonly error: PasserbyError | null;
  /** What the response must have in `Set-Cookie`; each is a header of its own. */
  readonly setCookies: readonly string[];
  /** A response with these cookies, which no cache may store. */
  apply(response: Response): Response;
  /** Sends an operation to the gateway as the user. @throws PasserbyError */
  request<Data>(query: string, variables?: object): Promise<Data>;
}

/**
 * The session that a browser sent with a request, in the cookie of `SESSION_COOKIES`. Does not throw: while the gateway does
 * not respond, the page is rendered as for a visitor. Call it once for each request, and return its cookies.
 */
export async function openSession(request: Request, options: ServerOptions): Promise<ServerSession> {
  const setCookies: string[] = [];
  const { fetch: fetchWith = globalThis.fetch, timeoutMs = 3_000 } = options;
  // Not the other cookies of the page.
  const cookie = (request.headers.get("cookie") ?? "")
    .split(/;\s*/)
    .filter((each) => COOKIE.test(each))
    .join("; ");
  const send = createSend(
    {
      url: options.url,
      timeoutMs,
      async fetch(input, init) {
        const headers = new Headers(init?.headers);
        if (cookie) headers.set("cookie", cookie);
        for (const name of FORWARDED) {
          const value = request.headers.get(name);
          if (value) headers.set(name, value);
        }
        const response = await fetchWith(input, { ...init, headers });
        setCookies.push(...response.headers.getSetCookie());
        return response;
      },
    },
    true,
  );

  let payload: AuthPayload | null = null;
  let error: PasserbyError | null = null;
  try {
    if (cookie) payload = (await send<{ result: AuthPayload }>(REFRESH, {})).result;
  } catch (cause) {
    error = cause as PasserbyError;
  }
  if (!payload && options.guests && (!error || isSessionEnded(error))) {
    try {
      payload = (await send<{ result: AuthPayload }>(LOGIN_ANONYMOUS, {})).result;
      error = null;
    } catch (cause) {
      error = cause as PasserbyError;
    }
  }
  const accessToken = payload?.accessToken ?? null;
  return {
    session: payload && { userId: payload.user.id, isAnonymous: payload.user.isAnonymous },
    accessToken,
    error,
    setCookies,
    apply(response) {
      const headers = new Headers(response.headers);
      for (const each of setCookies) headers.append("set-cookie", each);
      if (setCookies.length > 0) headers.set("cache-control", "no-store");
      const { status, statusText } = response;
      return new Response(response.body, { status, statusText, headers });
    },
    request: (query, variables = {}) => send(query, variables, { token: accessToken }),
  };
}
