/**
 * Request bodies: size limits (each and in total), decompression, and JSON. It runs before the
 * body parser of any route.
 */
import { finished, Readable } from "node:stream";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type ErrorCode, errorCatalogue } from "../errors.ts";
import { requestBudget } from "../request-budget.ts";
import { JsonError, parseJson } from "../text/read-json.ts";
import { overload, type Requests } from "./requests.ts";

const { smallBodyBytes, droppedBodyBytes, droppedBodySeconds } = requestBudget;

type Unfold = (folded: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

/** RFC 9110 §8.4.1. */
const encodings: Readonly<Record<string, Unfold>> = {
  gzip: promisify(gunzip) as Unfold,
  "x-gzip": promisify(gunzip) as Unfold,
  deflate: promisify(inflate) as Unfold,
  br: promisify(brotliDecompress) as Unfold,
};

export function boundBodies(fastify: FastifyInstance, requests: Pick<Requests, "pause">): void {
  let room: number = requestBudget.bodiesBytes;

  /** Until the request is answered, because the parsed body stays in memory as long. @throws PasserbyError */
  function reserve(bytes: number, reply: FastifyReply): void {
    if (bytes > room) throw overload();
    room -= bytes;
    reply.raw.once("close", () => {
      room += bytes;
    });
  }

  fastify.addHook("preParsing", (request, reply, payload, done) => {
    const { "content-length": given, "content-encoding": encoding } = request.headers;
    const length = given === undefined ? null : Number(given);
    if (length !== null && length <= smallBodyBytes && encoding === undefined) return done(null, payload);
    if (length === null && request.headers["transfer-encoding"] === undefined) return done(null, payload);
    requests.pause(reply);
    receive(request, reply, payload as Readable).then(
      (body) => done(null, body),
      (error: Error) => done(error),
    );
  });

  async function receive(request: FastifyRequest, reply: FastifyReply, payload: Readable): Promise<Readable> {
    const limit = request.routeOptions.bodyLimit ?? requestBudget.bodyBytes;
    const { "content-length": given, "content-encoding": encoding } = request.headers;
    const unfold = encoding === undefined ? null : encodings[encoding.trim().toLowerCase()];
    if (unfold === undefined && encoding?.trim().toLowerCase() !== "identity") {
      return reject(unknownEncoding(), reply, payload);
    }
    if (given !== undefined && Number(given) > limit) return reject(tooLarge(limit), reply, payload);
    try {
      reserve(given === undefined || unfold ? limit : Number(given), reply);
    } catch (error) {
      return reject(error as Error, reply, payload);
    }
    if (given !== undefined && !unfold) return payload;
    const body = await readWhole(payload, limit);
    if (body === null) return reject(tooLarge(limit), reply, payload);
    const whole = unfold ? await unfolded(unfold, body, limit) : body;
    return Object.assign(Readable.from(whole.length > 0 ? [whole] : []), {
      receivedEncodedLength: body.length,
    });
  }
}

/** @returns null if it is longer than the limit */
function readWhole(payload: Readable, limit: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  return new Promise((resolve, reject) => {
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length <= limit) return void chunks.push(chunk);
      payload.off("data", onData);
      resolve(null);
    };
    payload.on("data", onData);
    finished(payload, (error) => {
      if (error) reject(badBody("The body ended before it was complete."));
      else resolve(Buffer.concat(chunks));
    });
  });
}

async function unfolded(unfold: Unfold, body: Buffer, limit: number): Promise<Buffer> {
  try {
    return await unfold(body, { maxOutputLength: limit });
  } catch (error) {
    if ((error as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(limit);
    throw badBody("The body is not compressed as its Content-Encoding says.");
  }
}

/** Reads a bounded part of the remaining body first: a client that is still sending when the connection closes does not see the response. */
async function reject(error: Error, reply: FastifyReply, payload: Readable): Promise<never> {
  reply.header("connection", "close");
  let left = droppedBodyBytes;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, droppedBodySeconds * 1_000);
    payload.on("data", (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) resolve();
    });
    finished(payload, () => resolve());
    payload.once("end", () => clearTimeout(timer));
    payload.resume();
  });
  payload.removeAllListeners("data").pause();
  throw error;
}

/** Like an error of Fastify: each surface's error handler handles a status below 500. */
export class BodyError extends Error {
  override readonly name = "BodyError";
  readonly code: ErrorCode;
  readonly statusCode: number;

  constructor(code: ErrorCode, message: string, statusCode: number = errorCatalogue[code].status) {
    super(message);
    this.code = code;
    this.statusCode = statusCode;
  }
}

const tooLarge = (limit: number): Error =>
  new BodyError("REQUEST_TOO_LARGE", `The body is longer than the ${limit} bytes that are read here.`);

const unknownEncoding = (): Error =>
  new BodyError(
    "BAD_USER_INPUT",
    "This Content-Encoding is not read here: send gzip, deflate, br or none.",
    415,
  );

export const badBody = (message: string): Error => new BodyError("BAD_USER_INPUT", message);

/** The JSON parser of all routes without one of their own. */
export function readJsonBodies(fastify: FastifyInstance): void {
  // Fastify also has a parser for plain text, which no route needs.
  fastify.removeContentTypeParser(["application/json", "text/plain"]);
  fastify.addContentTypeParser(
    "application/json",
    { parseAs: "string" },
    (_request: FastifyRequest, text: string, done: (error: Error | null, body?: unknown) => void) => {
      if (text === "") return done(badBody("The body is empty. Send JSON."));
      try {
        const body = parseJson(text);
        if (mayPoison.test(text) && isPoisoned(body)) {
          return done(badBody("The JSON has a name that no object may have."));
        }
        done(null, body);
      } catch (error) {
        if (!(error instanceof JsonError)) throw error;
        done(badBody(`The body is not read: ${error.message}`));
      }
    },
  );
}

/** Names that could change an object's prototype when it is copied (prototype pollution); any of them may be written with escapes. */
const mayPoison = /__proto__|constructor|\\u/;

/** Recursive: the depth has been checked before. */
function isPoisoned(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Object.hasOwn(value, "__proto__")) return true;
  const made: unknown = Object.hasOwn(value, "constructor") && value.constructor;
  if (typeof made === "object" && made !== null && Object.hasOwn(made, "prototype")) return true;
  return Object.values(value).some(isPoisoned);
}
