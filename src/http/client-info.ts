/**
 * The client's address and user agent. Behind trusted proxies the address is taken from X-Forwarded-For. It is parsed
 * here, because Fastify accepts entries of any form, with ports too, and treats a number of proxies
 * as "trust none". The `Forwarded` header (RFC 7239) is not read.
 */
import type { IncomingMessage } from "node:http";
import type { ClientInfo } from "../client-info.ts";
import { isInNetworks, parseAddress, parseNetworks } from "../network/addresses.ts";
import type { Settings } from "../settings/settings.ts";

/** Whether the proxy at `address` is trusted to state the address before it; `hop` is 0 for the peer of the connection. */
export type TrustProxy = (address: string, hop: number) => boolean;

/** More proxies than any site has in a row; entries before these are not parsed. */
const MAX_HOPS = 32;
/** An IPv6 address with brackets, zone id, port and quotes is shorter. */
const MAX_ENTRY = 100;

export function createTrustProxy(trustProxy: Settings["trustProxy"]): TrustProxy | false {
  if (trustProxy === false) return false;
  if (typeof trustProxy === "number") return (_address, hop) => hop < trustProxy;
  const networks = trustProxy.flatMap((each) => parseNetworks(each) ?? []);
  return (address) => isInNetworks(address, networks);
}

/** @returns the function that reads a request; its `ipAddress` is canonical, or null when the connection has none */
export function createClientInfoReader(trust: TrustProxy | false): (request: IncomingMessage) => ClientInfo {
  return ({ socket, headers }) => {
    const peer = parseAddress(socket.remoteAddress ?? "");
    const forwarded = headers["x-forwarded-for"];
    return {
      ipAddress:
        trust && peer !== null && forwarded !== undefined ? findClient(peer, String(forwarded), trust) : peer,
      userAgent: headers["user-agent"] ?? null,
    };
  };
}

/**
 * Each proxy appends the address of its client, so the list is read from its end, as long as the proxy that wrote an
 * entry is trusted. At an entry that is not an address the last trusted address is returned.
 */
function findClient(peer: string, forwarded: string, trust: TrustProxy): string {
  let client = peer;
  let end = forwarded.length;
  for (let hop = 0; hop < MAX_HOPS && end > 0 && trust(client, hop); ) {
    const start = forwarded.lastIndexOf(",", end - 1) + 1;
    const entry = end - start > MAX_ENTRY ? null : forwarded.slice(start, end).trim();
    end = start - 1;
    // RFC 9110 §5.6.1: empty list elements are ignored.
    if (entry === "") continue;
    const address = entry === null ? null : parseEntry(entry);
    if (address === null) return client;
    client = address;
    hop += 1;
  }
  return client;
}

/** An address, with or without a port, brackets (IPv6 only) and quotes. */
function parseEntry(entry: string): string | null {
  const text = /^"(.*)"$/.exec(entry)?.[1]?.trim() ?? entry;
  const bracketed = /^\[([\da-fA-F:.]+(?:%[^\]]*)?)\](?::\d{1,5})?$/.exec(text)?.[1];
  if (bracketed !== undefined) return bracketed.includes(":") ? parseAddress(bracketed) : null;
  return parseAddress(/^([\d.]+):\d{1,5}$/.exec(text)?.[1] ?? text);
}
