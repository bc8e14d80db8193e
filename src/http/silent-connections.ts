/**
 * Closes connections whose clients do not read their response. A timeout of Node's sockets would do so too, at
 * the price of a timer for every request.
 */
import type { Socket } from "node:net";
import type { FastifyInstance, FastifyReply } from "fastify";
import { requestBudget } from "../request-budget.ts";

const { silentSeconds, silentExportSeconds } = requestBudget;
const SWEEP_SECONDS = 3;

interface Watched {
  /** Bytes that were unsent at the last check. */
  left: number;
  silentFor: number;
  patience: number;
}

export interface SilentConnections {
  /** Exports may go to slow disks and over slow connections. */
  extend(reply: FastifyReply): void;
}

export function watchConnections(fastify: FastifyInstance): SilentConnections {
  const sockets = new Map<Socket, Watched>();
  fastify.server.on("connection", (socket: Socket) => {
    sockets.set(socket, { left: 0, silentFor: 0, patience: silentSeconds });
    socket.once("close", () => sockets.delete(socket));
  });
  const timer = setInterval(() => {
    for (const [socket, watched] of sockets) {
      const left = socket.writableLength > 0 ? bytesLeft(socket) : 0;
      watched.silentFor = left > 0 && left === watched.left ? watched.silentFor + SWEEP_SECONDS : 0;
      watched.left = left;
      if (watched.silentFor >= watched.patience) socket.destroy();
    }
  }, SWEEP_SECONDS * 1_000).unref();
  fastify.addHook("onClose", async () => clearInterval(timer));

  return {
    extend({ raw: { socket } }) {
      const watched = socket && sockets.get(socket);
      if (watched) watched.patience = silentExportSeconds;
    },
  };
}

/** The stream counts a write as a whole; only its handle knows how much of it the kernel has accepted. */
export function bytesLeft(socket: Socket): number {
  const { _handle } = socket as unknown as { _handle?: { writeQueueSize?: number } | null };
  return _handle?.writeQueueSize ?? socket.writableLength;
}
