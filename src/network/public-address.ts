/** Which addresses are public: requests may be sent to those without allowing private addresses. */
import { BlockList, isIP } from "node:net";

/** IPv4 networks that are not public: the IANA special-purpose registry (RFC 6890), and multicast. */
const specialIPv4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
];
/** Of IPv6 only global unicast is public (RFC 4291 §2.4): not loopback, link-local, unique-local or multicast. */
const globalIPv6 = ["2000::/3"];
/** Within it: documentation, and transition addresses, which contain an IPv4 address that may be private. */
const specialIPv6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];
/** IPv4-mapped IPv6; a BlockList checks such an address against its IPv4 rules. */
const mappedIPv4 = ["::ffff:0:0/96"];

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", prefix] = network.split("/");
    list.addSubnet(address, Number(prefix), isIP(address) === 6 ? "ipv6" : "ipv4");
  }
  return list;
}

const privateAddresses = blockList([...specialIPv4, ...specialIPv6]);
const acceptedIPv6 = blockList([...globalIPv6, ...mappedIPv4]);

export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !privateAddresses.check(address, "ipv4");
  return family === 6 && acceptedIPv6.check(address, "ipv6") && !privateAddresses.check(address, "ipv6");
}
