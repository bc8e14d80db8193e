/** The session cookie of the console: setting it, and when it is accepted (CSRF). */
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
   * Whether a page of the console sent the request. SameSite excludes other sites, but `localhost:3000` and a sibling
   * subdomain are the same site: they cannot send the header unless a preflight allows it, and browsers state where a
   * request comes from (Fetch Metadata, Origin).
   */
  isFromOwnPage(request: FastifyRequest): boolean;
}

export const isBackground = ({ headers }: FastifyRequest): boolean =>
  headers[OWN_PAGE_HEADER] === "background";

/**
 * @param publicUrl if it is https, the cookie is Secure and bound to this host (RFC 6265bis §4.1.3)
 */
export function createConsoleCookie(publicUrl: string): ConsoleCookie {
  const isHttps = publicUrl.startsWith("https:");
  const name = isHttps ? "__Host-passerby-console" : "passerby-console";
  const options: SerializeOptions = { path: "/", httpOnly: true, sameSite: "strict", secure: isHttps };
  const publicHost = new URL(publicUrl).host;
  return {
    read: ({ headers }) => (headers.cookie && parseCookie(headers.cookie)[name]) || null,
    // Without Max-Age: a session cookie of the browser. The session on the server has its own expiry.
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
