/**
 * Sends all HTTP requests to URLs that an operator configured or an issuer published. Time and size (compressed and
 * decompressed) are bounded, redirects are not followed, and private addresses are rejected unless allowed (SSRF).
 */
import { lookup as resolveName } from "node:dns";
import { once } from "node:events";
import http, {
  type Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from "node:http";
import https from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { type Duplex, pipeline } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { JsonError, parseJson } from "../text/read-json.ts";
import { isInNetworks, type Network } from "./addresses.ts";
import { isPublicAddress } from "./public-address.ts";

export { isPublicAddress };

export interface OutgoingRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** From the DNS lookup to the last byte of the response. */
  readonly seconds: number;
  /** Limit of the body, both compressed and decompressed. */
  readonly maxAnswerBytes: number;
  readonly allowPrivateAddresses: PrivateAddresses;
  /** Default: the system's resolver. For tests. */
  readonly resolve?: LookupFunction;
  /**
   * Keeps connections open for later requests. To be used for one host and one `allowPrivateAddresses` only, because the
   * address of a connection is checked when it is opened. Default: a new connection for each request.
   */
  readonly agent?: Agent | undefined;
  /** Ends the request early. */
  readonly signal?: AbortSignal;
}

/** Whether requests may go to private addresses; or the networks that they may go to, besides public addresses. */
export type PrivateAddresses = boolean | readonly Network[];

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export interface WholeAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Decompressed. */
  readonly bytes: Buffer;
}

/** There is no usable response. The message contains nothing that the other side sent. */
export class NoAnswerError extends Error {
  override readonly name = "NoAnswerError";
}

export class PrivateAddressError extends NoAnswerError {
  constructor() {
    super("the address is not public");
  }
}

export const isAllowedAddress = (address: string, allowed: PrivateAddresses): boolean =>
  allowed === true || isPublicAddress(address) || (allowed !== false && isInNetworks(address, allowed));

/**
 * Resolves a name and checks its addresses in the lookup of the connection: a second lookup could return another address
 * (DNS rebinding). Host header, SNI and certificate verification use the name.
 */
const onlyAllowed =
  (resolve: LookupFunction, allowed: PrivateAddresses): LookupFunction =>
  (hostname, options, callback) =>
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, "");
      const addresses = typeof found === "string" ? [] : found;
      const [first] = addresses;
      if (!first || !addresses.every(({ address }) => isAllowedAddress(address, allowed)))
        return callback(new PrivateAddressError(), "");
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });

/** A POST whose response is read as text. @throws NoAnswerError as `send` does */
export async function post(request: OutgoingRequest): Promise<Answer> {
  const { status, bytes } = await send({ ...request, method: "POST" });
  return { status, body: bytes.toString("utf8") };
}

/**
 * Sends a request and reads the whole response, whatever its status.
 * @throws NoAnswerError when there is none in time, it is too large or cannot be decompressed, or the address is not public
 */
export async function send(
  request: Omit<OutgoingRequest, "body"> & { readonly method: "GET" | "POST"; readonly body?: string },
): Promise<WholeAnswer> {
  // Not AbortSignal.any(): each call leaves something behind in a signal that lives as long as the process.
  const ending = new AbortController();
  const end = (): void => ending.abort();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    end();
  }, request.seconds * 1_000);
  request.signal?.addEventListener("abort", end);
  if (request.signal?.aborted) end();
  try {
    return await exchange(request, ending.signal);
  } catch (error) {
    if (error instanceof NoAnswerError) throw error;
    if (isLate) throw new NoAnswerError(`there was no answer within ${request.seconds} seconds`);
    // An HTTP parser error contains the bytes that it could not parse, so only its code is used.
    const { code, name } = error as { code?: unknown; name?: unknown };
    throw new NoAnswerError(String(code ?? name));
  } finally {
    clearTimeout(timer);
    request.signal?.removeEventListener("abort", end);
  }
}

/** Parses a response as JSON in UTF-8 (RFC 8259). @throws NoAnswerError when it is invalid or nested too deep */
export function jsonOf({ bytes }: Pick<WholeAnswer, "bytes">): unknown {
  let text: string;
  try {
    text = strictUtf8.decode(bytes);
  } catch {
    // Replacement characters would make different names equal.
    throw new NoAnswerError("the answer is not in UTF-8");
  }
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new NoAnswerError(`the answer cannot be read: ${error.message}`);
  }
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Node's default, set because the process can be started with another. */
const MAX_HEADER_BYTES = 16_384;

async function exchange(request: Parameters<typeof send>[0], signal: AbortSignal): Promise<WholeAnswer> {
  const { url, method, headers, body, maxAnswerBytes, allowPrivateAddresses, agent = false } = request;
  const resolve = request.resolve ?? resolveName;
  // For an IP address there is no lookup.
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0 && !isAllowedAddress(host, allowPrivateAddresses)) throw new PrivateAddressError();
  const sent = (url.protocol === "https:" ? https : http).request(url, {
    method,
    headers: {
      "user-agent": "passerby",
      ...headers,
      ...(body !== undefined && { "content-length": Buffer.byteLength(body) }),
      "accept-encoding": "identity",
    },
    maxHeaderSize: MAX_HEADER_BYTES,
    // Not the global agent: its connections could lead to an address that was not checked.
    agent,
    lookup: allowPrivateAddresses === true ? resolve : onlyAllowed(resolve, allowPrivateAddresses),
    signal,
  });
  const answered = once(sent, "response", { signal }) as Promise<[IncomingMessage]>;
  // After the response has started, errors are emitted by its stream.
  sent.on("error", () => {});
  sent.end(body);
  let isRead = false;
  try {
    const [response] = await answered.catch((error) => {
      throw isClosedConnection(sent, error) && !signal.aborted ? new ClosedConnection() : error;
    });
    const bytes = await readAll(decompress(response, maxAnswerBytes), maxAnswerBytes);
    isRead = true;
    return { status: response.statusCode ?? 0, headers: response.headers, bytes };
  } catch (error) {
    if (error instanceof ClosedConnection) return exchange({ ...request, agent: undefined }, signal);
    throw error;
  } finally {
    if (!isRead || !agent) sent.destroy();
  }
}

/** The other side may close a kept connection just when it is used again (RFC 9112 §9.3.1): the request is sent once more. */
class ClosedConnection extends Error {}

const isClosedConnection = (sent: ClientRequest, error: unknown): boolean =>
  sent.reusedSocket && /^(ECONNRESET|EPIPE)$/.test(String((error as { code?: unknown }).code));

async function readAll(stream: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of bounded(stream, maxBytes)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* bounded(stream: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new NoAnswerError(`the answer is longer than ${maxBytes} bytes`);
    yield chunk;
  }
}

const decompressors: Readonly<Record<string, () => Duplex>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** Some proxies compress although `identity` was requested. Decompresses as a stream, up to the limit. */
function decompress(response: IncomingMessage, maxBytes: number): AsyncIterable<Buffer> {
  const coding = (response.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  const isEmpty = response.statusCode === 204 || response.headers["content-length"] === "0";
  if (coding === "identity" || coding === "" || isEmpty) return response;
  const decompressor = decompressors[coding];
  if (!decompressor) throw new NoAnswerError("the answer is compressed in a way that is not supported");
  const compressed = (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> => bounded(source, maxBytes);
  // Errors of any stage are thrown to the reader.
  return pipeline(response, compressed, decompressor(), () => {});
}
