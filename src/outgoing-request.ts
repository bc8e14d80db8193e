/**
 * Requests to addresses that an operator configured: bounded in time and size, never redirected, and only to public
 * addresses unless private ones are allowed. What the answer means is the caller's.
 */
import { lookup as resolveName } from "node:dns";
import { once } from "node:events";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";

export interface OutgoingRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** From the first look at the name to the last byte of the answer. */
  readonly seconds: number;
  readonly mostAnswerBytes: number;
  readonly allowPrivateAddresses: boolean;
  /** How names become addresses; the system's resolver unless a test brings one. */
  readonly resolve?: LookupFunction;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Says why there is no answer, in words that hold nothing of what the other side sent. */
export class NoAnswerError extends Error {
  override readonly name = "NoAnswerError";
}

/** IPv4 that is not the public internet, by the IANA special-purpose registry (RFC 6890), and multicast. */
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
/** Within it: documentation, and transition addresses, which hold an IPv4 address that may be private. */
const specialIPv6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];
/** IPv4 in IPv6 notation; a block list looks such an address up among its IPv4 rules. */
const mappedIPv4 = ["::ffff:0:0/96"];

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", prefix] = network.split("/");
    list.addSubnet(address, Number(prefix), isIP(address) === 6 ? "ipv6" : "ipv4");
  }
  return list;
}

const refusedAddresses = blockList([...specialIPv4, ...specialIPv6]);
const acceptedIPv6 = blockList([...globalIPv6, ...mappedIPv4]);

/** Whether an address is on the public internet. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !refusedAddresses.check(address, "ipv4");
  return family === 6 && acceptedIPv6.check(address, "ipv6") && !refusedAddresses.check(address, "ipv6");
}

const refusal = (): NoAnswerError => new NoAnswerError("the address is not a public one");

/**
 * What a name stands for, checked where the connection takes its address from: there is no second look at the name
 * that could give another one. Host header, SNI and certificate check go on with the name.
 */
const onlyPublic =
  (resolve: LookupFunction): LookupFunction =>
  (hostname, options, callback) =>
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, "");
      const addresses = typeof found === "string" ? [] : found;
      const [first] = addresses;
      if (!first || !addresses.every(({ address }) => isPublicAddress(address)))
        return callback(refusal(), "");
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });

/**
 * Sends a POST and reads the whole answer, whatever its status.
 * @throws NoAnswerError when there is none in time, it is too long, or the address is refused
 */
export async function post(request: OutgoingRequest): Promise<Answer> {
  const signal = AbortSignal.timeout(request.seconds * 1_000);
  try {
    return await exchange(request, signal);
  } catch (error) {
    if (error instanceof NoAnswerError) throw error;
    if (signal.aborted) throw new NoAnswerError(`there was no answer within ${request.seconds} seconds`);
    // A parser's error holds the bytes that it could not read, so only its code goes on.
    const { code, name } = error as { code?: unknown; name?: unknown };
    throw new NoAnswerError(String(code ?? name));
  }
}

async function exchange(request: OutgoingRequest, signal: AbortSignal): Promise<Answer> {
  const { url, headers, body, mostAnswerBytes, allowPrivateAddresses } = request;
  const resolve = request.resolve ?? resolveName;
  // An address instead of a name is connected to without a look-up.
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (!allowPrivateAddresses && isIP(host) !== 0 && !isPublicAddress(host)) throw refusal();
  const sent = (url.protocol === "https:" ? https : http).request(url, {
    method: "POST",
    headers: { ...headers, "content-length": Buffer.byteLength(body), "accept-encoding": "identity" },
    // A connection of its own: one that was kept open could be to an address that nobody checked.
    agent: false,
    lookup: allowPrivateAddresses ? resolve : onlyPublic(resolve),
    signal,
  });
  const answered = once(sent, "response", { signal }) as Promise<[IncomingMessage]>;
  // Once the answer has begun, its own stream says what went wrong.
  sent.on("error", () => {});
  sent.end(body);
  const [response] = await answered;
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > mostAnswerBytes)
        throw new NoAnswerError(`the answer is longer than ${mostAnswerBytes} bytes`);
      chunks.push(chunk);
    }
  } finally {
    sent.destroy();
  }
  return { status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") };
}
