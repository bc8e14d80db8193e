/** Limits the memory of responses that their clients have not read yet, in total. */
import type { FastifyReply } from "fastify";
import { requestBudget } from "../request-budget.ts";
import { overload } from "./requests.ts";
import { bytesLeft } from "./silent-connections.ts";

const { waitingAnswersBytes, smallAnswerBytes } = requestBudget;
/** When the limit is reached, connections that read nothing for this long are closed, and so are very slow ones. */
const STALLED_MS = 1_000;
const SLOW_MS = 60_000;

interface Waiting {
  readonly bytes: number;
  readonly since: number;
  /** Bytes that were unsent at the last check, and when that changed last. */
  left: number;
  changedAt: number;
}

export class WaitingAnswers {
  #bytes = 0;
  readonly #waiting = new Map<FastifyReply, Waiting>();

  /**
   * Counts a response until it is sent.
   * @throws PasserbyError SERVICE_UNAVAILABLE when the limit is reached
   */
  add(reply: FastifyReply, bytes: number): void {
    if (bytes <= smallAnswerBytes) return;
    if (this.#bytes + bytes > waitingAnswersBytes)
      this.#endStalled(this.#bytes + bytes - waitingAnswersBytes);
    if (this.#bytes + bytes > waitingAnswersBytes) throw overload();
    this.#bytes += bytes;
    const since = performance.now();
    this.#waiting.set(reply, { bytes, since, left: -1, changedAt: since });
    reply.raw.once("close", () => this.#remove(reply));
  }

  #remove(reply: FastifyReply): void {
    const waiting = this.#waiting.get(reply);
    if (waiting && this.#waiting.delete(reply)) this.#bytes -= waiting.bytes;
  }

  /** Closes the oldest connections first, until enough is free. */
  #endStalled(bytes: number): void {
    const now = performance.now();
    let missing = bytes;
    for (const [reply, waiting] of this.#waiting) {
      if (missing <= 0) return;
      const { socket } = reply.raw;
      const left = socket ? bytesLeft(socket) : 0;
      if (left !== waiting.left) Object.assign(waiting, { left, changedAt: now });
      if (now - waiting.changedAt < STALLED_MS && now - waiting.since < SLOW_MS) continue;
      this.#remove(reply);
      missing -= waiting.bytes;
      reply.raw.destroy();
    }
  }
}
