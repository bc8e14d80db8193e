/** Stopping without a failed request: pools of connections empty themselves first, then the rest is closed. */
import type { Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import type { FastifyInstance, FastifyReply } from "fastify";

/** A connection that has nothing to say, or a client that does not read, gets this long once nothing new is accepted. */
const SILENT_MS = 2_000;
/** How long requests that are still open get to be answered. */
const ANSWER_MS = 10_000;
const SWEEP_MS = 50;

export interface Drain {
  isDraining(): boolean;
  /** From now on every answer closes its connection (RFC 9112 §9.6), so that clients stop reusing it. */
  start(): void;
  /** Accepts no more connections, answers what is open, and cuts what is silent or takes longer than ten seconds. */
  close(): Promise<{ cut: number }>;
  /** For the first hook of every request. */
  track(reply: FastifyReply): void;
}

export function createDrain(fastify: FastifyInstance): Drain {
  let isDraining = false;
  let isClosing = false;
  const open = new Set<FastifyReply>();
  const sockets = new Set<Socket>();
  fastify.server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    if (isClosing) socket.setTimeout(SILENT_MS);
  });

  const socketsInUse = () => new Set([...open].map(({ request }) => request.raw.socket));
  /** Node destroys a socket whose time is up, and counts neither a handler at work nor a reader that takes its time. */
  const limitSilence = (): void => {
    const inUse = socketsInUse();
    for (const socket of sockets) if (!inUse.has(socket)) socket.setTimeout(SILENT_MS);
    for (const { raw, request } of open) {
      if (raw.headersSent || !request.raw.complete) request.raw.socket.setTimeout(SILENT_MS);
    }
  };

  const start = (): void => {
    isDraining = true;
    for (const reply of open) if (!reply.raw.headersSent) reply.header("connection", "close");
  };

  return {
    isDraining: () => isDraining,
    start,
    track(reply) {
      open.add(reply);
      reply.raw.once("close", () => open.delete(reply));
      if (!isDraining) return;
      reply.header("connection", "close");
      if (isClosing) reply.request.raw.socket.setTimeout(0);
    },
    async close() {
      start();
      isClosing = true;
      // After a poll for input: what has arrived on an idle connection is a request, and no longer idle.
      await setImmediate();
      let cut = 0;
      const closed = fastify.close();
      limitSilence();
      // An answer that began before draining leaves its connection open.
      const sweep = setInterval(() => fastify.server.closeIdleConnections(), SWEEP_MS);
      const deadline = setTimeout(() => {
        cut = open.size;
        for (const socket of new Set([...sockets, ...socketsInUse()])) socket.destroy();
      }, ANSWER_MS);
      await closed;
      clearInterval(sweep);
      clearTimeout(deadline);
      return { cut };
    },
  };
}
