/**
 * Ends connections whose clients take nothing of what they asked for. A timeout of Node's sockets would do it too, at
 * the price of a timer for every request.
 */
import type { Socket } from "node:net";
import type { FastifyInstance, FastifyReply } from "fastify";
import { requestBudget } from "../request-budget.ts";

const { silentSeconds, silentExportSeconds } = requestBudget;
const SWEEP_SECONDS = 3;

interface Watched {
  /** What had not left when it was looked at last. */
  left: number;
  silentFor: number;
  patience: number;
}

export interface SilentConnections {
  /** An export goes to slow disks and over slow lines. */
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

/** The stream counts a write as a whole; how much of one the kernel has taken, only the handle below it knows. */
export function bytesLeft(socket: Socket): number {
  const { _handle } = socket as unknown as { _handle?: { writeQueueSize?: number } | null };
  return _handle?.writeQueueSize ?? socket.writableLength;
}
