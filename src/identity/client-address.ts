import { isIPv6 } from "node:net";
import type { Origin } from "./sessions.ts";

/** An IPv6 client has at least a /64 to itself (RFC 6177), and IPv4 also comes in IPv6 notation (RFC 4291 §2.5.5.2). */
const HEXTETS_OF_A_CLIENT = 4;

/** What a client is counted by: one that changes its address within its own network stays the same client. */
export function clientAddress({ ipAddress }: Pick<Origin, "ipAddress">): string {
  if (ipAddress === null) return "unknown";
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ipAddress)?.[1];
  if (mapped || !isIPv6(ipAddress)) return mapped ?? ipAddress;
  const [head = "", tail = ""] = ipAddress.split("::");
  const [before, after] = [head, tail].map((part) => (part === "" ? [] : part.split(":"))) as [
    string[],
    string[],
  ];
  const zeros = Array(Math.max(0, 8 - before.length - after.length)).fill("0");
  const hextets = [...before, ...zeros, ...after].slice(0, HEXTETS_OF_A_CLIENT);
  return `${hextets.map((hextet) => Number.parseInt(hextet, 16).toString(16)).join(":")}::/64`;
}
