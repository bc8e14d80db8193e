/** Parses IP addresses and networks strictly, and formats them canonically (RFC 5952). */
import { isIPv4, isIPv6 } from "node:net";
import ipaddr from "ipaddr.js";

/** An address and the length of its prefix. */
export type Network = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

const [IPV4_BITS, IPV6_BITS, MAPPED_BITS] = [32, 128, 96];

const namedNetworks: Readonly<Record<string, readonly string[]>> = {
  loopback: ["127.0.0.0/8", "::1"],
  linklocal: ["169.254.0.0/16", "fe80::/10"],
  uniquelocal: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"],
};

/**
 * The canonical text of an address. IPv4-mapped IPv6 (RFC 4291 §2.5.5.2) becomes IPv4, and a zone id is removed, because it
 * names an interface of another machine. Octal and hexadecimal forms are not addresses, because programs interpret them
 * differently.
 * @returns null when the text is not an address
 */
export function parseAddress(text: string): string | null {
  // Hot path: what Node accepts as IPv4 is canonical already.
  if (isIPv4(text)) return text;
  const address = parseIPv6(text);
  if (!address) return null;
  return address.isIPv4MappedAddress() ? address.toIPv4Address().toString() : address.toRFC5952String();
}

/** @returns null when the text is not IPv6 */
export function parseIPv6(text: string): ipaddr.IPv6 | null {
  return isIPv6(text) ? ipaddr.IPv6.parse(text.replace(/%.*$/, "")) : null;
}

/**
 * Networks by name (`loopback`, `linklocal`, `uniquelocal`), as an address, or as an address and the length of its prefix.
 * @returns null when the text is none of these, and for `/0`, which would be every address
 */
export function parseNetworks(text: string): readonly Network[] | null {
  if (Object.hasOwn(namedNetworks, text)) {
    return (namedNetworks[text] ?? []).flatMap((each) => parseNetworks(each) ?? []);
  }
  const [, base = "", bits] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  if (isIPv4(base)) {
    const prefix = Number(bits ?? IPV4_BITS);
    return prefix >= 1 && prefix <= IPV4_BITS ? [[ipaddr.IPv4.parse(base), prefix]] : null;
  }
  const address = parseIPv6(base);
  const prefix = Number(bits ?? IPV6_BITS);
  if (!address || prefix < 1 || prefix > IPV6_BITS) return null;
  if (!address.isIPv4MappedAddress()) return [[address, prefix]];
  return prefix > MAPPED_BITS ? [[address.toIPv4Address(), prefix - MAPPED_BITS]] : null;
}

/** Whether an address is in one of the networks; false when the text is not an address. */
export function isInNetworks(text: string, networks: readonly Network[]): boolean {
  const canonical = parseAddress(text);
  if (canonical === null) return false;
  const address = ipaddr.parse(canonical);
  return networks.some(([base, prefix]) => address.kind() === base.kind() && address.match(base, prefix));
}
