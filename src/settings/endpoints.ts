/** Addresses in settings: where the gateway listens, and its public URL. */

import { isIPv4, isIPv6 } from "node:net";
import { parseAddress } from "../network/addresses.ts";
import { parseUrl } from "../text/parse-url.ts";

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

const NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i;

/** An IP address or a host name. @throws Error saying what is accepted */
export function parseHost(value: string): string {
  const host = value.replace(/^\[(.*)\]$/, "$1");
  if (isIPv4(host) || isIPv6(host)) return host;
  // Digits and dots alone are a mistyped IPv4 address.
  if (NAME.test(host) && !/^[\d.]+$/.test(host)) return host.toLowerCase();
  throw new Error("must be an IP address such as 127.0.0.1, 0.0.0.0 or ::, or a host name, without a port");
}

/** Whether only this machine can connect to it. */
export function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, "$1");
  const address = parseAddress(name);
  return address === null ? /(^|\.)localhost\.?$/.test(name) : /^(127\.|::1$)/.test(address);
}

/** Whether a URL is one of this machine. */
export function isLocalUrl(url: string): boolean {
  const parsed = parseUrl(url);
  return parsed !== null && isLoopbackHost(parsed.hostname);
}

/**
 * The issuer as it is in tokens, where it is compared character by character: scheme and host in lower case, no default
 * port, no trailing slash. @throws Error saying what is accepted
 */
export function parsePublicUrl(value: string): string {
  const url = parseUrl(value);
  const isWeb = url !== null && /^https?:$/.test(url.protocol) && /^https?:\/\//i.test(value);
  if (!isWeb || /[?#]/.test(value) || url.username || url.password) {
    throw new Error("must be an http:// or https:// URL without query, fragment or password");
  }
  if (/^(0\.0\.0\.0|\[::\])$|\*/.test(url.hostname) || url.port === "0") {
    throw new Error(`must be a URL that clients can open; ${url.host} is not one`);
  }
  return url.origin + url.pathname.replace(/\/+$/, "");
}

/** `off` is null; a port without a host is on 127.0.0.1. @throws Error saying what is accepted */
export function parseMetricsPort(value: string): ListenAddress | null {
  if (value === "off") return null;
  const [, host = "127.0.0.1", digits = ""] = /^(?:(\[[^\]]*\]|[^:]*):)?(\d{1,5})$/.exec(value) ?? [];
  const port = Number(digits);
  if (digits === "" || port > 65_535) {
    throw new Error("must be off, a port from 0 to 65535, or host:port such as 0.0.0.0:9464");
  }
  try {
    return { host: parseHost(host), port };
  } catch {
    throw new Error("must be off, a port, or host:port such as 0.0.0.0:9464 or [::]:9464");
  }
}
