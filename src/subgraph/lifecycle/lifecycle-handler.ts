/** Receives the gateway's webhooks: over Node's http, Express and Fastify, or as a function of a `Request`. */

import { createQuietLog } from "../quiet-log.ts";
import { createEventRunner } from "./lifecycle-events.ts";
import type { LifecycleEvent, LifecycleOptions } from "./lifecycle-options.ts";
import { keptBytes, readBytes } from "./request-body.ts";
import { createSignatureCheck } from "./webhook-signature.ts";

/** What is used of a request of Node or Express. */
export interface NodeRequest extends AsyncIterable<Uint8Array> {
  readonly method?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Whether the body was read before. */
  readonly readableEnded?: boolean;
  /** What a body parser made of the body. */
  readonly body?: unknown;
  /** The bytes, which some platforms keep beside the parsed body. */
  readonly rawBody?: unknown;
}

/** What is used of a response of Node or Express. */
export interface NodeResponse {
  readonly headersSent?: boolean;
  writeHead(status: number, headers: Record<string, string>): unknown;
  end(text?: string): unknown;
}

/** What is used of a request of Fastify. */
export interface FastifyRequest {
  readonly raw: NodeRequest;
  readonly body?: unknown;
  readonly rawBody?: unknown;
}
/** What is used of a reply of Fastify. */
export interface FastifyReply {
  readonly raw: NodeResponse;
  hijack(): unknown;
}

export interface LifecycleHandler {
  /** For `http.createServer(handler)`, and for a POST route of Express or Fastify. Never rejects. */
  (request: NodeRequest | FastifyRequest, response: NodeResponse | FastifyReply): Promise<void>;
  /** For servers that have a `Request`: Next.js, Hono, Yoga, Bun, Deno, workers. Never rejects. */
  fetch(request: Request): Promise<Response>;
}

interface Incoming {
  readonly method: string | undefined;
  /** By its name in lower case. */
  header(name: string): string | null;
  /** @returns PARSED when the bytes are gone, null when there are too many */
  readBody(): Promise<Uint8Array | "PARSED" | null>;
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly text: string | null;
}

const MAX_BODY_BYTES = 262_144;
/** What `testWebhookEndpoint` sends: its data has no user, and callbacks do not expect it. */
const TEST_TYPE = "webhook.test";

const PARSED =
  "the body was parsed before the handler got it, but the signature is of its bytes. In Express, " +
  'put the handler before express.json(), or express.raw({ type: "application/json" }) in its route. In Fastify, ' +
  'register the route in a scope with addContentTypeParser("application/json", { parseAs: "buffer" }, (_, body, done) => done(null, body))';

/**
 * A handler of the gateway's events. It verifies their signatures (Standard Webhooks), runs the callbacks once for each
 * event, and acknowledges with 204, or with 200 and `{ "receipt": "…" }`, once they have resolved.
 *
 * Other answers: 500 when a callback throws, so that the gateway delivers the event again; 401 for a signature that is not
 * valid or older than five minutes; 413 above 256 kB; 405 for other methods than POST; 400 for a signed body that is no event.
 * @throws TypeError when the options are invalid
 */
export function lifecycleHandler(options: LifecycleOptions): LifecycleHandler {
  const { secrets, log = console.error, clock = () => new Date() } = options;
  const checkSignature = createSignatureCheck(secrets, clock);
  const writeLog = log ?? (() => {});
  const runCallbacks = createEventRunner(options, writeLog);
  const logQuietly = createQuietLog(writeLog, clock);

  const reject = (status: number, error: string, reason: string, headers = {}): Answer => {
    logQuietly(reason, `lifecycleHandler: a delivery was answered with ${status}: ${reason}.`);
    return answer(status, { error }, headers);
  };
  const tooLarge = (): Answer =>
    reject(413, "The body is too large.", `the body has more than ${MAX_BODY_BYTES} bytes`, {
      connection: "close",
    });

  async function handle({ method, header, readBody }: Incoming): Promise<Answer> {
    if (method !== "POST") return answer(405, { error: "Events are delivered by POST." }, { allow: "POST" });
    if (Number(header("content-length")) > MAX_BODY_BYTES) return tooLarge();
    const body = await readBody();
    if (body === "PARSED") return reject(500, "The body was read before the handler.", PARSED);
    if (body === null || body.length > MAX_BODY_BYTES) return tooLarge();
    const signature = await checkSignature({ header, body });
    if (!signature.isValid) return reject(401, "The signature is not valid.", signature.problem);
    const event = readEvent(signature.id, body);
    if (!event) return reject(400, "The body is not an event.", "a signed body is not an event");
    if ((event.type as string) === TEST_TYPE) return answer(204);
    const { status, body: result } = await runCallbacks(event);
    return answer(status, result);
  }

  async function answerNode(
    request: NodeRequest | FastifyRequest,
    response: NodeResponse | FastifyReply,
  ): Promise<void> {
    const raw = "raw" in request ? request.raw : request;
    const kept = keptBytes(request.rawBody ?? request.body);
    if ("raw" in response) response.hijack();
    const { status, headers, text } = await handle({
      method: raw.method,
      header(name) {
        const value = raw.headers[name];
        return value === undefined ? null : String(value);
      },
      // Parsers of Express 4 set `body` also where they read nothing.
      readBody: async () => kept ?? (raw.readableEnded ? "PARSED" : readBytes(raw, MAX_BODY_BYTES)),
    }).catch(failed);
    const target = "raw" in response ? response.raw : response;
    // A timeout of the server may have answered in the meantime.
    if (target.headersSent) return;
    target.writeHead(status, headers);
    target.end(text ?? undefined);
  }

  async function answerFetch(request: Request): Promise<Response> {
    const { status, headers, text } = await handle({
      method: request.method,
      header: (name) => request.headers.get(name),
      readBody: async () =>
        request.bodyUsed
          ? "PARSED"
          : readBytes(request.body as AsyncIterable<Uint8Array> | null, MAX_BODY_BYTES),
    }).catch(failed);
    return new Response(text, { status, headers });
  }

  /** The connection broke while the body was read. */
  const failed = (error: unknown): Answer =>
    reject(400, "The body could not be read.", `the body could not be read (${error})`);

  return Object.assign(answerNode, { fetch: answerFetch });
}

/** @returns null when the body is not `{ type, timestamp, data }` */
function readEvent(id: string, body: Uint8Array): LifecycleEvent | null {
  let value: { type?: unknown; timestamp?: unknown; data?: unknown } | null;
  try {
    value = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return null;
  }
  const { type, timestamp, data } = value ?? {};
  if (typeof type !== "string" || typeof timestamp !== "string") return null;
  if (typeof data !== "object" || data === null) return null;
  return { id, type, timestamp, data } as LifecycleEvent;
}

const answer = (status: number, body?: object, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: body ? { "content-type": "application/json", ...headers } : headers,
  text: body ? JSON.stringify(body) : null,
});
