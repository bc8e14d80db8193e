/** URLs that the gateway may call: https, or http on this machine; never with a user and a password. */
import { parseUrl } from "../../text/parse-url.ts";

const isLoopback = (hostname: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);

const parse = (address: unknown): URL | null => (typeof address === "string" ? parseUrl(address) : null);

const isPlainOnLoopback = ({ protocol, hostname }: URL): boolean =>
  protocol === "http:" && isLoopback(hostname);

export function isSafeAddress(address: unknown): address is string {
  const url = parse(address);
  if (url === null || url.username || url.password) return false;
  return url.protocol === "https:" || isPlainOnLoopback(url);
}

/** An https issuer cannot direct the gateway to a service on the gateway's own machine. */
export function isSafeFor(issuer: string, address: unknown): address is string {
  return isSafeAddress(address) && (new URL(address).protocol === "https:" || issuer.startsWith("http:"));
}

/**
 * Valid redirect URIs: https, http on localhost, or a private-use scheme of an app, which
 * has a dot (RFC 8252 §7.1). Written as it is compared and sent, so that one string is all there is.
 */
export function isRedirectUri(address: string): boolean {
  const url = parse(address);
  if (!url || url.href !== address || /[?#]/.test(address)) return false;
  return isSafeAddress(address) || /^[a-z][a-z0-9+-]*\.[a-z0-9.+-]*[a-z0-9]:\//.test(address);
}
