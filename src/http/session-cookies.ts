/** Cookie sessions: which requests may use the refresh token of the browser (CSRF), and how its cookie is written. */
import { type SerializeOptions, stringifySetCookie } from "cookie";
import type { FastifyRequest } from "fastify";
import { PasserbyError } from "../errors.ts";
import type { SessionCookie } from "../schema/session-cookie.ts";
import type { Settings } from "../settings/settings.ts";
import { parseUrl } from "../text/parse-url.ts";
import { originTest } from "./cors.ts";

/** Browsers send it to another origin only after a preflight, so a form or a link cannot (CSRF). */
export const SESSION_HEADER = "passerby-session";

/** @returns the cookie of a request that asks for it. @throws PasserbyError BAD_USER_INPUT, FORBIDDEN */
export type OpenSessionCookie = (request: FastifyRequest) => SessionCookie;

type CookieSettings = Pick<Settings, "sessionCookies" | "cookieDomain" | "corsOrigins" | "publicUrl">;

export function createSessionCookies(settings: CookieSettings): OpenSessionCookie {
  const form = cookieForm(settings);
  const requireAllowedPage = pageCheck(settings);
  return (request) => {
    if (request.headers[SESSION_HEADER] !== "cookie") {
      throw badInput(
        "The header `Passerby-Session` must be `cookie`. Leave it out to get refresh tokens in answers.",
      );
    }
    if (!settings.sessionCookies) {
      throw badInput(
        "This gateway has no cookie sessions: an operator can set SESSION_COOKIES=on. Leave out the header `Passerby-Session` to get refresh tokens in answers.",
      );
    }
    requireAllowedPage(request);
    return new RequestCookie(form, request.headers.cookie ?? "");
  };
}

interface CookieForm {
  readonly name: string;
  readonly options: SerializeOptions;
  /** The domains that a cookie of this name may have in a browser; undefined for none. */
  readonly domains: readonly (string | undefined)[];
}

/** The prefixes bind the cookie to https, and to this host unless it has a domain (RFC 6265bis §4.1.3). */
function cookieForm({ publicUrl, cookieDomain }: CookieSettings): CookieForm {
  const secure = publicUrl.startsWith("https:");
  const prefix = secure ? (cookieDomain === null ? "__Host-" : "__Secure-") : "";
  const labels = new URL(publicUrl).hostname.split(".");
  return {
    name: `${prefix}passerby_refresh`,
    domains: [undefined, ...labels.slice(0, -1).map((_, index) => labels.slice(index).join("."))],
    options: {
      path: "/",
      httpOnly: true,
      secure,
      sameSite: "lax",
      ...(cookieDomain !== null && { domain: cookieDomain }),
    },
  };
}

/**
 * A page of the gateway's origin or of `CORS_ORIGINS`. Servers send no Origin. SameSite excludes other sites, but not
 * other ports and subdomains; their preflight fails, and here so does a request that needed none.
 */
function pageCheck({ publicUrl, corsOrigins }: CookieSettings): (request: FastifyRequest) => void {
  const own = new URL(publicUrl);
  const isListed = originTest(corsOrigins);
  const isOwn = (origin: string, host: string | undefined): boolean => {
    const url = parseUrl(origin);
    return url?.protocol === own.protocol && (url.host === own.host || url.host === host);
  };
  return ({ headers }) => {
    const { origin, host, "sec-fetch-site": site } = headers;
    if (site === "same-origin" || (origin === undefined && site === undefined)) return;
    const from = origin === undefined ? "This page" : `The page ${JSON.stringify(origin.slice(0, 200))}`;
    if (origin === undefined || !(isOwn(origin, host) || isListed(origin))) {
      throw new PasserbyError("FORBIDDEN", {
        message: `${from} may not use cookie sessions. An operator can add its origin to CORS_ORIGINS.`,
      });
    }
    if (site === "cross-site") {
      throw new PasserbyError("FORBIDDEN", {
        message: `${from} is of another site than this gateway, so browsers would not store the session's cookie (SameSite). Serve the gateway on a subdomain of the page's site, or at a path of the page's origin.`,
      });
    }
  };
}

class RequestCookie implements SessionCookie {
  headers: readonly string[] = [];
  readonly #form: CookieForm;
  readonly #sent: string;
  #written: string | null = null;

  constructor(form: CookieForm, sent: string) {
    this.#form = form;
    this.#sent = sent;
  }

  read(): string | null {
    if (this.#written !== null) return this.#written;
    const { name, domains } = this.#form;
    const tokens = this.#sent
      .split(";")
      .map((pair) => pair.trim())
      .filter((pair) => pair.startsWith(`${name}=`))
      .map((pair) => pair.slice(name.length + 1));
    // Pages of other subdomains can set one too: it must not be a matter of luck whose session this is (session fixation).
    if (new Set(tokens).size > 1) {
      this.headers = domains.map((domain) => this.#deletion({ domain }));
      throw badInput(
        `The request has more than one cookie ${name}: a page of another subdomain has set one, or COOKIE_DOMAIN was changed. They are deleted. Log in again.`,
      );
    }
    return tokens[0] || null;
  }

  requireUnset(): void {
    if (this.#written === null) return;
    throw badInput(
      "A request with `Passerby-Session: cookie` can log in, link or refresh once, because a browser has one session. Send these mutations one by one.",
    );
  }

  set(refreshToken: string, maxAgeSeconds: number): void {
    this.#written = refreshToken;
    const { name, options } = this.#form;
    this.headers = [stringifySetCookie(name, refreshToken, { ...options, maxAge: maxAgeSeconds })];
  }

  clear(): void {
    this.headers = [this.#deletion({})];
  }

  #deletion(change: SerializeOptions): string {
    const { name, options } = this.#form;
    return stringifySetCookie(name, "", { ...options, ...change, maxAge: 0 });
  }
}

const badInput = (message: string): PasserbyError => new PasserbyError("BAD_USER_INPUT", { message });
