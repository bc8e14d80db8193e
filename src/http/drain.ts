/** Stopping without a failed request: pools of connections empty themselves first, then the rest is closed. */
import type { Socket } from "node:net";
import { setImmediate, setTimeout } from "node:timers/promises";
import type { FastifyInstance, FastifyReply } from "fastify";

/** A connection that has nothing to say, or a client that does not read, gets this long once nothing new is accepted. */
const SILENT_MS = 2_000;
/** How long open requests may take until they are cut. */
const ANSWER_MS = 10_000;
const SWEEP_MS = 10;

export interface Drain {
  isDraining(): boolean;
  /** From now on every answer closes its connection (RFC 9112 §9.6), so that clients stop reusing it. */
  start(): void;
  /** Accepts no more connections, answers what is open, and cuts what is silent or takes longer than ten seconds. */
  close(): Promise<{ cut: number }>;
  /** For the first hook of every request, and for its last one. */
  track(reply: FastifyReply): void;
  untrack(reply: FastifyReply): void;
}

export function createDrain(fastify: FastifyInstance): Drain {
  let isDraining = false;
  let isClosing = false;
  /** Every connection, with the request that is open on it: the newest, where a client pipelines. */
  const sockets = new Map<Socket, FastifyReply | null>();
  const add = (socket: Socket): void => {
    sockets.set(socket, null);
    // Open requests of the connection are not notified when a pipeline breaks off.
    socket.once("close", () => sockets.delete(socket));
    if (isClosing) socket.setTimeout(SILENT_MS);
  };
  fastify.server.on("connection", add);

  const countOpen = (): number => [...sockets.values()].filter((reply) => reply !== null).length;
  /** Node destroys a socket whose time is up, and counts neither a handler at work nor a reader that takes its time. */
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
      // After a poll for input: what has arrived on an idle connection is a request, and no longer idle.
      await setImmediate();
      let [cut, isStopped] = [0, false];
      // Not by Fastify, which takes a few turns of the loop until it does so: who connects meanwhile would be reset.
      fastify.server.close(() => {
        isStopped = true;
      });
      limitSilence();
      const deadline = performance.now() + ANSWER_MS;
      // Fastify has a second listener for localhost, whose requests are open when the first one has stopped.
      while (!isStopped || countOpen() > 0) {
        await setTimeout(SWEEP_MS);
        // An answer that began before draining leaves its connection open.
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
