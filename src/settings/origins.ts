/** The web origins of `CORS_ORIGINS`, as browsers send them in `Origin` (RFC 6454 §6.2, WHATWG URL §4.7). */

import { isIPv4 } from "node:net";
import { parseUrl } from "../text/parse-url.ts";

/** Schemes of pages that have no origin, or that no page has. */
const noPages = /^(about|blob|data|file|ftp|javascript|mailto|wss?):/i;

/**
 * `*`; an origin such as `https://app.example.com` or `capacitor://localhost`, as a browser sends it; or one with `*` in
 * place of the first label, such as `https://*.example.com`.
 * @throws Error naming what to write instead
 */
export function parseOrigin(value: string): string {
  if (value === "*") return value;
  const fail = (why: string): never => {
    throw new Error(`${JSON.stringify(value)} ${why}`);
  };
  if (value.toLowerCase() === "null") {
    return fail("is sent by every sandboxed page and local file; serve your page from a web address");
  }
  if (/^file:/i.test(value)) return fail("is sent as null by browsers; serve the page from a web address");
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(value)?.[1]?.toLowerCase();
  if (scheme === undefined || noPages.test(value)) return fail(`is not an origin${suggestWebOrigin(value)}`);
  const [authority = "", ...rest] = value.slice(scheme.length + 3).split(/(?=[/?#\\])/);
  if (authority.includes("@")) return fail("is not an origin: remove the user and the password");
  if (rest.length > 0 && rest.join("") !== "/") {
    return fail(`is more than an origin: write ${scheme}://${authority}`);
  }
  return scheme === "http" || scheme === "https"
    ? parseWebOrigin(`${scheme}://${authority}`, fail)
    : parseAppOrigin(scheme, authority, fail);
}

function parseWebOrigin(origin: string, fail: (why: string) => never): string {
  const labels = /^https?:\/\/\*\.([^*]+)$/.exec(origin)?.[1];
  if (origin.includes("*")) {
    const rest = labels === undefined ? null : hostOf(`http://${labels}`);
    const isDomain = rest !== null && !isIPv4(rest) && (rest.includes(".") || rest === "localhost");
    if (!isDomain) {
      return fail("is too wide: * may only be the first label of a domain, as in https://*.example.com");
    }
  }
  // As browsers send it: lower case, punycode, no default port.
  return parseUrl(origin)?.origin ?? fail("is not an origin");
}

/** The origin of an app or an extension. */
function parseAppOrigin(scheme: string, authority: string, fail: (why: string) => never): string {
  if (authority.includes("*")) return fail("is too wide: list each app or extension");
  if (!/^[\w.~!$&'()+;=:[\]-]+$/.test(authority)) return fail("is not an origin");
  return `${scheme}://${authority.toLowerCase()}`;
}

/** Matches the `Origin` header, in the form that @fastify/cors takes. */
export function originMatcher(origin: string): string | RegExp {
  // For schemes that they do not know, browsers do not change the case of the host (WHATWG URL §3.5).
  if (!/^https?:/.test(origin)) return new RegExp(`^${quoted(origin)}$`, "i");
  if (!origin.includes("*")) return origin;
  return new RegExp(`^${quoted(origin).replace("\\*", "[a-z0-9_-]+")}$`);
}

const quoted = (text: string): string => text.replace(/[^\w:/-]/g, "\\$&");

function suggestWebOrigin(value: string): string {
  const bare = value.replace(/^wss?:\/\//i, "");
  const isLocal = /^(localhost|127\.)/i.test(bare);
  const candidate = `${isLocal || /^ws:/i.test(value) ? "http" : "https"}://${bare}`;
  return /^[\w.*:[\]-]+$/.test(bare) && parseUrl(candidate) ? `: write ${candidate}` : "";
}

const hostOf = (url: string): string | null => parseUrl(url)?.hostname ?? null;
