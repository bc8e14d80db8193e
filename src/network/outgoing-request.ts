/**
 * The one place through which HTTP requests leave for addresses that an operator configured, or that an issuer published:
 * bounded in time and in size, compressed and not, never redirected, and only to public addresses unless private ones are
 * allowed. What the answer means is the caller's.
 */
import { lookup as resolveName } from "node:dns";
import { once } from "node:events";
import http, { type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import https from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { type Duplex, pipeline } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { JsonError, parseJson } from "../text/read-json.ts";
import { isPublicAddress } from "./public-address.ts";

export { isPublicAddress };

export interface OutgoingRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** From the first look at the name to the last byte of the answer. */
  readonly seconds: number;
  /** Of the body as it comes, and of what it unfolds to where it is compressed. */
  readonly mostAnswerBytes: number;
  readonly allowPrivateAddresses: boolean;
  /** How names become addresses; the system's resolver unless a test brings one. */
  readonly resolve?: LookupFunction;
}

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

/** Says why there is no answer, in words that hold nothing of what the other side sent. */
export class NoAnswerError extends Error {
  override readonly name = "NoAnswerError";
}

const notPublic = (): NoAnswerError => new NoAnswerError("the address is not a public one");

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
        return callback(notPublic(), "");
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });

/** A POST whose answer is read as text. @throws NoAnswerError as `send` does */
export async function post(request: OutgoingRequest): Promise<Answer> {
  const { status, bytes } = await send({ ...request, method: "POST" });
  return { status, body: bytes.toString("utf8") };
}

/**
 * Sends a request and reads the whole answer, whatever its status.
 * @throws NoAnswerError when there is none in time, it is too long or cannot be decompressed, or the address is refused
 */
export async function send(
  request: Omit<OutgoingRequest, "body"> & { readonly method: "GET" | "POST"; readonly body?: string },
): Promise<WholeAnswer> {
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

/** What an answer says as JSON (RFC 8259: in UTF-8). @throws NoAnswerError when it is none, or nested too deep */
export function jsonOf({ bytes }: Pick<WholeAnswer, "bytes">): unknown {
  let text: string;
  try {
    text = strictUtf8.decode(bytes);
  } catch {
    // Replaced characters would make one name of two.
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

/** Node's default, said here because the process can be started with another. */
const MAX_HEADER_BYTES = 16_384;

async function exchange(request: Parameters<typeof send>[0], signal: AbortSignal): Promise<WholeAnswer> {
  const { url, method, headers, body, mostAnswerBytes, allowPrivateAddresses } = request;
  const resolve = request.resolve ?? resolveName;
  // An address instead of a name is connected to without a look-up.
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (!allowPrivateAddresses && isIP(host) !== 0 && !isPublicAddress(host)) throw notPublic();
  const sent = (url.protocol === "https:" ? https : http).request(url, {
    method,
    headers: {
      "user-agent": "passerby",
      ...headers,
      ...(body !== undefined && { "content-length": Buffer.byteLength(body) }),
      "accept-encoding": "identity",
    },
    maxHeaderSize: MAX_HEADER_BYTES,
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
  try {
    const bytes = await readAll(decompress(response, mostAnswerBytes), mostAnswerBytes);
    return { status: response.statusCode ?? 0, headers: response.headers, bytes };
  } finally {
    sent.destroy();
  }
}

async function readAll(stream: AsyncIterable<Buffer>, mostBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of bounded(stream, mostBytes)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* bounded(stream: AsyncIterable<Buffer>, mostBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new NoAnswerError(`the answer is longer than ${mostBytes} bytes`);
    yield chunk;
  }
}

const decompressors: Readonly<Record<string, () => Duplex>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** Nobody was asked to compress, but some proxies do. Unfolds piece by piece, no further than it is read. */
function decompress(response: IncomingMessage, mostBytes: number): AsyncIterable<Buffer> {
  const coding = (response.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  const isEmpty = response.statusCode === 204 || response.headers["content-length"] === "0";
  if (coding === "identity" || coding === "" || isEmpty) return response;
  const decompressor = decompressors[coding];
  if (!decompressor) throw new NoAnswerError("the answer is compressed in a way that is not supported");
  const compressed = (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> => bounded(source, mostBytes);
  // What fails on the way is thrown to whoever reads the end of it.
  return pipeline(response, compressed, decompressor(), () => {});
}
