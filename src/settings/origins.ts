/** The web origins of `CORS_ORIGINS`, as browsers send them in `Origin` (RFC 6454 §6.2, WHATWG URL §4.7). */

import { isIPv4 } from "node:net";
import { parseUrl } from "../text/parse-url.ts";

/** Schemes whose pages have no origin of their own, or that no page has. */
const noPages = /^(about|blob|data|file|ftp|javascript|mailto|wss?):/i;

/**
 * `*`; an origin such as `https://app.example.com` or `capacitor://localhost`, as a browser sends it; or one with `*` in
 * the place of the first label, such as `https://*.example.com`.
 * @throws Error naming what to write instead
 */
export function parseOrigin(value: string): string {
  if (value === "*") return value;
  const refuse = (why: string): never => {
    throw new Error(`${JSON.stringify(value)} ${why}`);
  };
  if (value.toLowerCase() === "null") {
    return refuse(
      "is what sandboxed pages and local files of everybody send; give your page an origin of its own",
    );
  }
  if (/^file:/i.test(value))
    return refuse("is sent as null by browsers; serve the page at an address of its own");
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(value)?.[1]?.toLowerCase();
  if (scheme === undefined || noPages.test(value)) return refuse(`is not one${suggestWebOrigin(value)}`);
  const [authority = "", ...rest] = value.slice(scheme.length + 3).split(/(?=[/?#\\])/);
  if (authority.includes("@")) return refuse("is not one: leave out the user and the password");
  if (rest.length > 0 && rest.join("") !== "/") {
    return refuse(`has more than an origin: write ${scheme}://${authority}`);
  }
  return scheme === "http" || scheme === "https"
    ? parseWebOrigin(`${scheme}://${authority}`, refuse)
    : parseAppOrigin(scheme, authority, refuse);
}

function parseWebOrigin(origin: string, refuse: (why: string) => never): string {
  const labels = /^https?:\/\/\*\.([^*]+)$/.exec(origin)?.[1];
  if (origin.includes("*")) {
    const rest = labels === undefined ? null : hostOf(`http://${labels}`);
    const isDomain = rest !== null && !isIPv4(rest) && (rest.includes(".") || rest === "localhost");
    if (!isDomain) {
      return refuse("is too wide: * stands for the first part of a domain, such as https://*.example.com");
    }
  }
  // The same as the browser's own: lower case, punycode, no default port.
  return parseUrl(origin)?.origin ?? refuse("is not one");
}

/** Of an app or an extension. */
function parseAppOrigin(scheme: string, authority: string, refuse: (why: string) => never): string {
  if (authority.includes("*")) return refuse("is too wide: name each app or extension");
  if (!/^[\w.~!$&'()+;=:[\]-]+$/.test(authority)) return refuse("is not one");
  return `${scheme}://${authority.toLowerCase()}`;
}

/** What `Origin` must be, in the form that @fastify/cors takes. */
export function originMatcher(origin: string): string | RegExp {
  // Browsers leave the case of a host as it is where they do not know the scheme (WHATWG URL §3.5).
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
