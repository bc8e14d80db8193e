/** One attempt: sends an event to an endpoint, and says what came of it. */
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Clock } from "../../clock.ts";
import type { WebhookEndpoint } from "../../entities/webhook-endpoint.ts";
import {
  NoAnswerError,
  PrivateAddressError,
  type PrivateAddresses,
  send,
  type WholeAnswer,
} from "../../network/outgoing-request.ts";
import { cleanText } from "../../text/storable-text.ts";
import type { WebhookSecrets } from "../secrets.ts";
import { bodyOf, type Message } from "./message.ts";

/** Requests to one endpoint at once. */
export const MAX_AT_ONCE = 16;
const ATTEMPT_SECONDS = 10;
const MAX_ANSWER_BYTES = 65_536;
/** What is stored of an answer, in characters. */
const SHOWN_ANSWER = 1_000;
const IDLE_CONNECTION_MS = 15_000;

/** What came of one attempt. Any 2xx is a success. */
export interface Attempt {
  readonly at: Date;
  /** null when there was no answer. */
  readonly status: number | null;
  /** Why it failed, in a sentence for operators; null for a success. */
  readonly error: string | null;
  /** The beginning of the answer's body. */
  readonly answer: string | null;
  /** The whole body of a success. */
  readonly bytes: Buffer | null;
}

export interface Sender {
  /** @param signal ends it early: then it failed for no fault of the endpoint */
  attempt(endpoint: WebhookEndpoint, message: Message, signal?: AbortSignal): Promise<Attempt>;
  /** Closes the connections that are kept for an endpoint. */
  forget(endpointId: string): void;
}

export function createSender({
  secrets,
  clock,
  privateAddresses,
}: {
  secrets: WebhookSecrets;
  clock: Clock;
  privateAddresses: PrivateAddresses;
}): Sender {
  /** By endpoint, for the address of a connection is checked when it is opened; and again when the URL changes. */
  const agents = new Map<string, { origin: string; agent: HttpAgent }>();
  const forget = (endpointId: string): void => {
    agents.get(endpointId)?.agent.destroy();
    agents.delete(endpointId);
  };
  const agentFor = (endpointId: string, { origin, protocol }: URL): HttpAgent => {
    const kept = agents.get(endpointId);
    if (kept?.origin === origin) return kept.agent;
    forget(endpointId);
    const options = { keepAlive: true, maxFreeSockets: MAX_AT_ONCE, timeout: IDLE_CONNECTION_MS };
    const agent = protocol === "https:" ? new HttpsAgent(options) : new HttpAgent(options);
    agents.set(endpointId, { origin, agent });
    return agent;
  };
  return {
    forget,
    async attempt(endpoint, message, signal) {
      const at = clock.now();
      try {
        const url = new URL(endpoint.url);
        const body = bodyOf(message);
        const answer = await send({
          url,
          method: "POST",
          headers: {
            "content-type": "application/json",
            "webhook-id": message.id,
            "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
            "webhook-signature": secrets.sign(endpoint, { id: message.id, body, now: at }),
          },
          body,
          seconds: ATTEMPT_SECONDS,
          maxAnswerBytes: MAX_ANSWER_BYTES,
          allowPrivateAddresses: privateAddresses,
          agent: agentFor(endpoint.id, url),
          ...(signal && { signal }),
        });
        return judge(answer, at);
      } catch (error) {
        return { at, status: null, error: explain(error), answer: null, bytes: null };
      }
    },
  };
}

function judge({ status, bytes }: WholeAnswer, at: Date): Attempt {
  const isSuccess = status >= 200 && status < 300;
  const isRedirect = status >= 300 && status < 400;
  const advice = isRedirect
    ? "Redirects are not followed: set the URL that it redirects to."
    : "Expected 2xx.";
  return {
    at,
    status,
    error: isSuccess ? null : `The endpoint answered ${status}. ${advice}`,
    answer: cleanText(bytes.toString("utf8"), SHOWN_ANSWER) || null,
    bytes: isSuccess ? bytes : null,
  };
}

function explain(error: unknown): string {
  if (error instanceof PrivateAddressError)
    return "The address of the endpoint is private. Change the URL, or allow the address with WEBHOOK_PRIVATE_ADDRESSES.";
  if (error instanceof NoAnswerError) return `There is no usable answer: ${error.message}.`;
  return "The signing secret cannot be decrypted with this MASTER_KEY. Rotate the endpoint's secret.";
}
