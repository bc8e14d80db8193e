/** Reads the text of one variable. Every error says what is accepted. */
import { isIPv4 } from "node:net";
import { z } from "zod";
import { type Network, parseNetworks } from "../network/addresses.ts";
import { parseUrl } from "../text/parse-url.ts";
import { parseOrigin } from "./origins.ts";

/** `expectation` is the message of every error. */
export const parseWith =
  <T>(schema: z.ZodType<T>, expectation: string) =>
  (text: string): T => {
    const result = schema.safeParse(text);
    if (!result.success) throw new Error(expectation);
    return result.data;
  };

export const wholeNumber = (min: number, max: number, unit: string) =>
  parseWith(
    z.string().regex(/^\d+$/).transform(Number).pipe(z.number().int().min(min).max(max)),
    `must be a whole number of ${unit} from ${min} to ${max}`,
  );

export const onOff = parseWith(
  z.enum(["on", "off"]).transform((value) => value === "on"),
  "must be on or off",
);

export const text = (text: string): string => text;

export function parseSecret(value: string): string {
  if (value.length < 32) {
    throw new Error("must have at least 32 characters; generate one with `openssl rand -hex 32`");
  }
  return value;
}

/** A Bearer token: with a dot it would be read as a JWT, with the prefix of another kind as that. */
export function parseAdminKey(value: string): string {
  const key = parseSecret(value);
  if (/^pb[kr]_/.test(key) || !/^[\w~+/=-]+$/.test(key)) {
    throw new Error(
      "may contain letters, digits and _ ~ + / = - only; generate one with `openssl rand -hex 32`",
    );
  }
  return key;
}

export function parseOrigins(value: string): readonly string[] {
  const problems: string[] = [];
  const origins = splitList(value).flatMap((origin) => {
    try {
      return [parseOrigin(origin)];
    } catch (error) {
      problems.push((error as Error).message);
      return [];
    }
  });
  if (problems.length === 0 && origins.length === 0 && value.trim() !== "") problems.push("it lists none");
  if (origins.includes("*") && origins.length > 1) {
    problems.push('"*" allows every origin and must be the only entry: remove it, or remove the others');
  }
  if (problems.length > 0) {
    throw new Error(`must list origins such as https://app.example.com; ${problems.join("; ")}`);
  }
  return [...new Set(origins)];
}

/** In lower case, without a leading dot. @throws Error saying what is accepted */
export function parseCookieDomain(value: string): string {
  const domain = /[/?#@:\s]/.test(value)
    ? null
    : (parseUrl(`http://${value.replace(/^\./, "")}`)?.hostname ?? null);
  if (domain === null || isIPv4(domain) || !/^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/.test(domain)) {
    throw new Error(
      "must be a domain such as example.com, with at least two labels and no scheme, port or path",
    );
  }
  return domain;
}

export function parseAppId(value: string): string {
  if (!/^[\w-]{1,100}$/.test(value)) {
    throw new Error("may contain letters, digits, _ and - only, such as myapp-abcde");
  }
  return value;
}

/** The number of proxies, or their addresses. Trusting every address is an error: clients could then choose their own. */
export function parseTrustProxy(value: string): false | number | readonly string[] {
  if (value === "off") return false;
  if (/^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= 10) return Number(value);
  const addresses = splitList(value);
  const wrong = addresses.find((address) => parseNetworks(address) === null);
  if (addresses.length > 0 && wrong === undefined) return addresses;
  throw new Error(
    `must be off, the number of proxies (1 to 10), or their addresses and networks such as 10.0.0.0/8 or loopback, comma-separated; ${JSON.stringify(wrong ?? value)} is not one of these`,
  );
}

/** Whether requests may go to private addresses; or the networks that they may go to. */
export function parsePrivateAddresses(value: string): boolean | readonly Network[] {
  if (value === "off" || value === "on") return value === "on";
  const addresses = splitList(value);
  const networks = addresses.map(parseNetworks);
  const wrong = addresses.find((_, index) => networks[index] === null);
  if (addresses.length > 0 && wrong === undefined) return networks.flatMap((each) => each ?? []);
  throw new Error(
    `must be off, on, or addresses and networks such as 10.0.0.0/8 or loopback, comma-separated; ${JSON.stringify(wrong ?? value)} is not one of these`,
  );
}

/** null: no automatic rotation. */
export function parseRotationDays(value: string): number | null {
  if (value === "off" || value === "0") return null;
  if (/^\d{1,4}$/.test(value) && Number(value) <= 3_650) return Number(value);
  throw new Error("must be off, or a whole number of days from 1 to 3650");
}

/** Normalized, as the `htu` of a proof is. */
export function parseRouterUrls(value: string): readonly string[] {
  return splitList(value).map((each) => {
    const url = /^https?:\/\//i.test(each) && !/[?#@]/.test(each) ? parseUrl(each) : null;
    if (url) return url.href;
    throw new Error(
      `must list http or https URLs without query, such as https://api.example.com/graphql; ${JSON.stringify(each)} is not one`,
    );
  });
}

export function parseSmtpUrl(value: string): string {
  const url = parseUrl(value);
  const isMail = url !== null && /^smtps?:$/.test(url.protocol) && url.hostname !== "";
  if (!isMail || !/^\/?$/.test(url.pathname) || url.hash || !/^(\?starttls=off)?$/.test(url.search)) {
    throw new Error(
      "must be smtps://user:password@host:port or smtp://user:password@host:port, with ?starttls=off or no query",
    );
  }
  return value;
}

export interface EmailSender {
  /** "" when there is none. */
  readonly name: string;
  readonly address: string;
}

export function parseSender(value: string): EmailSender {
  const match = /^(?:"?([^"<>\p{Cc}]*?)"?\s*<)?([^\s@<>,;:"()\p{Cc}]+@[^\s@<>,;:"()\p{Cc}]+)>?$/u.exec(value);
  if (!match?.[2] || value.includes("<") !== value.endsWith(">")) {
    throw new Error("must be no-reply@example.com or Example <no-reply@example.com>");
  }
  return { name: match[1]?.trim() ?? "", address: match[2] };
}

export function splitList(value: string): string[] {
  return value
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
