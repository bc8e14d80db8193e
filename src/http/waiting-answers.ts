/** Answers that are made and that their clients have not taken: bounded all together. */
import type { FastifyReply } from "fastify";
import { requestBudget } from "../request-budget.ts";
import { overload } from "./requests.ts";
import { bytesLeft } from "./silent-connections.ts";

const { waitingAnswersBytes, smallAnswerBytes } = requestBudget;
/** Who takes nothing of it for as long makes room for others when there is none left, and so does who is very slow. */
const STALLED_MS = 1_000;
const SLOW_MS = 60_000;

interface Waiting {
  readonly bytes: number;
  readonly since: number;
  /** What had not left yet when it was looked at last, and when that changed last. */
  left: number;
  changedAt: number;
}

export class WaitingAnswers {
  #bytes = 0;
  readonly #waiting = new Map<FastifyReply, Waiting>();

  /**
   * Counts an answer until it is taken.
   * @throws PasserbyError SERVICE_UNAVAILABLE when too much waits already
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

  /** The oldest first, until as much is free. */
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
