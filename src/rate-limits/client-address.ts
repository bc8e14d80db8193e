import type { ClientInfo } from "../client-info.ts";
import { parseIPv6 } from "../network/addresses.ts";
import type { LimitKey } from "./limits.ts";

/** An IPv6 client has at least a /64 to itself, and a site up to a /48 (RFC 6177). */
const [CLIENT_HEXTETS, SITE_HEXTETS] = [4, 3];

/**
 * The key that limits count a client by: its address, or for IPv6 its /64, in which it can choose any address. IPv6 is
 * also counted by /48, since one customer may have thousands of /64.
 * @param subject a prefix for limits that also depend on the account or operation
 */
export function clientKey({ ipAddress }: Pick<ClientInfo, "ipAddress">, subject = ""): LimitKey {
  const address = ipAddress === null ? null : parseIPv6(ipAddress);
  if (!address) return { client: subject + (ipAddress ?? "unknown"), site: null };
  if (address.isIPv4MappedAddress()) return { client: subject + address.toIPv4Address(), site: null };
  const network = (hextets: number): string =>
    `${address.parts
      .slice(0, hextets)
      .map((hextet) => hextet.toString(16))
      .join(":")}::/${hextets * 16}`;
  return { client: subject + network(CLIENT_HEXTETS), site: subject + network(SITE_HEXTETS) };
}
