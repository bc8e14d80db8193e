/** Graceful shutdown: clients are made to close their connections first, then the rest is closed. */
import type { Socket } from "node:net";
import { setImmediate, setTimeout } from "node:timers/promises";
import type { FastifyInstance, FastifyReply } from "fastify";

/** How long idle connections, and clients that do not read, stay open after new connections are no longer accepted. */
const SILENT_MS = 2_000;
/** Open requests that take longer are aborted. */
const ANSWER_MS = 10_000;
const SWEEP_MS = 10;

export interface Drain {
  isDraining(): boolean;
  /** From now on every response closes its connection (RFC 9112 §9.6), so that clients do not reuse it. */
  start(): void;
  /** Accepts no more connections, answers open requests, and closes connections that are idle or take longer than ten seconds. */
  close(): Promise<{ cut: number }>;
  /** To be called in the first hook of every request, and in its last. */
  track(reply: FastifyReply): void;
  untrack(reply: FastifyReply): void;
}

export function createDrain(fastify: FastifyInstance): Drain {
  let isDraining = false;
  let isClosing = false;
  /** Every connection with its open request; with pipelining, the newest. */
  const sockets = new Map<Socket, FastifyReply | null>();
  const add = (socket: Socket): void => {
    sockets.set(socket, null);
    // With pipelining, other open requests of the connection are not notified when it closes.
    socket.once("close", () => sockets.delete(socket));
    if (isClosing) socket.setTimeout(SILENT_MS);
  };
  fastify.server.on("connection", add);

  const countOpen = (): number => [...sockets.values()].filter((reply) => reply !== null).length;
  /** Node destroys a socket at its timeout, even while a handler runs or a client reads slowly. */
  const limitSilence = (): void => {
    for (const [socket, reply] of sockets) {
      if (!reply || reply.raw.headersSent || !reply.request.raw.complete) socket.setTimeout(SILENT_MS);
    }
  };
  const start = (): void => {
    isDraining = true;
    for (const reply of sockets.values()) {
      if (reply && !reply.raw.headersSent) reply.header("connection", "close");
    }
  };

  return {
    isDraining: () => isDraining,
    start,
    track(reply) {
      const { socket } = reply.request.raw;
      if (socket.destroyed) return;
      if (!sockets.has(socket)) add(socket);
      sockets.set(socket, reply);
      if (!isDraining) return;
      reply.header("connection", "close");
      if (isClosing) socket.setTimeout(0);
    },
    untrack(reply) {
      const { socket } = reply.request.raw;
      if (sockets.get(socket) === reply) sockets.set(socket, null);
    },
    async close() {
      start();
      isClosing = true;
      // After a poll for input: a connection on which a request has arrived is not idle.
      await setImmediate();
      let [cut, isStopped] = [0, false];
      // Not by Fastify, which does so a few turns of the event loop later: connections made meanwhile would be reset.
      fastify.server.close(() => {
        isStopped = true;
      });
      limitSilence();
      const deadline = performance.now() + ANSWER_MS;
      // Fastify has a second listener for localhost, which may have open requests when the first has stopped.
      while (!isStopped || countOpen() > 0) {
        await setTimeout(SWEEP_MS);
        // A response that began before draining leaves its connection open.
        fastify.server.closeIdleConnections();
        if (cut > 0 || performance.now() < deadline) continue;
        cut = Math.max(countOpen(), 1);
        for (const socket of sockets.keys()) socket.destroy();
      }
      await fastify.close();
      return { cut };
    },
  };
}
