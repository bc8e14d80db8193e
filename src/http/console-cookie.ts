/** The cookie of the console: how it is set, when it counts, and who may send it. */
import { parseCookie, type SerializeOptions, stringifySetCookie } from "cookie";
import type { FastifyRequest } from "fastify";
import { parseUrl } from "../text/parse-url.ts";

/** Sent by the console's pages; `background` marks requests that the operator did not cause. */
const OWN_PAGE_HEADER = "x-passerby-console";

export interface ConsoleCookie {
  /** The token of a session; null when the request has none. */
  read(request: FastifyRequest): string | null;
  /** For `Set-Cookie`. */
  write(token: string): string;
  /** For `Set-Cookie`: deletes the cookie. */
  clear(): string;
  /**
   * Whether one of our own pages sent the request. SameSite keeps other sites out, but `localhost:3000` and a sister
   * subdomain are the same site: they cannot send the header unless a preflight allows it, and browsers state where a
   * request comes from (Fetch Metadata, Origin).
   */
  isFromOwnPage(request: FastifyRequest): boolean;
}

export const isBackground = ({ headers }: FastifyRequest): boolean =>
  headers[OWN_PAGE_HEADER] === "background";

/**
 * @param publicUrl where it is https the cookie is bound to it, and to this host alone (RFC 6265bis §4.1.3)
 */
export function createConsoleCookie(publicUrl: string): ConsoleCookie {
  const isHttps = publicUrl.startsWith("https:");
  const name = isHttps ? "__Host-passerby-console" : "passerby-console";
  const options: SerializeOptions = { path: "/", httpOnly: true, sameSite: "strict", secure: isHttps };
  const publicHost = new URL(publicUrl).host;
  return {
    read: ({ headers }) => (headers.cookie && parseCookie(headers.cookie)[name]) || null,
    // Without Max-Age it ends with the browser; the session has its own expiry.
    write: (token) => stringifySetCookie(name, token, options),
    clear: () => stringifySetCookie(name, "", { ...options, maxAge: 0 }),
    isFromOwnPage({ headers }) {
      if (!headers[OWN_PAGE_HEADER]) return false;
      const site = headers["sec-fetch-site"];
      if (site !== undefined && site !== "same-origin") return false;
      if (headers.origin === undefined) return true;
      const host = parseUrl(headers.origin)?.host ?? null;
      return host !== null && (host === headers.host || host === publicHost);
    },
  };
}
