/**
 * How many requests are worked on at once, and for how long: one place for every route of every surface. What is
 * refused here is answered by the surface's own error handler, in its own words.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from "fastify";
import type { Logger } from "pino";
import { PasserbyError } from "../errors.ts";
import { requestBudget } from "../request-budget.ts";

/** They answer at once whatever else is going on, and are not counted. */
const uncounted = new Set(["/livez", "/readyz"]);
const SWEEP_MS = 250;

export interface Requests {
  /** The answer to this request may take as long as it takes. */
  liftDeadline(reply: FastifyReply): void;
}

/** Has to come before the first route, and before every hook that may wait for something. */
export function boundRequests(fastify: FastifyInstance, log: Logger): Requests {
  const deadline = watchDeadlines(fastify);
  const places = new Places();

  fastify.addHook("onRoute", (route: RouteOptions) => {
    if (uncounted.has(route.url)) return;
    const { handler } = route;
    const isLong = requestBudget.longRoutes.has(route.url);
    route.handler = function (request, reply) {
      const work = () => handler.call(this, request, reply);
      if (isLong) {
        deadline.lift(reply);
        return work();
      }
      deadline.start(reply);
      const place = places.enter();
      if (place === null) return finish(work(), reply);
      // Whose time is over while it waits has its answer.
      return place.then(() => (reply.sent ? void places.leave() : finish(work(), reply)));
    };
  });

  /** What comes after the deadline comes too late, and is nobody's mistake. */
  function finish(result: unknown, reply: FastifyReply): unknown {
    if (typeof (result as PromiseLike<unknown> | undefined)?.then !== "function") {
      places.leave();
      return result;
    }
    return (result as PromiseLike<unknown>).then(
      (payload) => {
        places.leave();
        return reply.sent ? undefined : payload;
      },
      (error: unknown) => {
        places.leave();
        if (!reply.sent) throw error;
        log.debug({ reqId: reply.request.id, err: error }, "failed after its deadline");
      },
    );
  }

  return { liftDeadline: deadline.lift };
}

/** Those that run, and those that wait for one of them to end. */
class Places {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /**
   * @returns null when there is room at once
   * @throws PasserbyError SERVICE_UNAVAILABLE
   */
  enter(): Promise<void> | null {
    if (this.#running < requestBudget.runningRequests) {
      this.#running += 1;
      return null;
    }
    if (this.#waiting.length >= requestBudget.waitingRequests) throw overload();
    return new Promise((go) => this.#waiting.push(go));
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#running -= 1;
  }
}

/** This gateway has more to do than it takes on. */
export const overload = (): PasserbyError =>
  new PasserbyError("SERVICE_UNAVAILABLE", {
    message: "The service has too much to do right now. Try again after `retryAfterSeconds`.",
    details: { retryAfterSeconds: requestBudget.retryAfterSeconds },
  });

const overdue = (): PasserbyError =>
  new PasserbyError("SERVICE_UNAVAILABLE", {
    message: "The answer took too long. What was asked for may still happen: look before you repeat it.",
    details: { retryAfterSeconds: requestBudget.retryAfterSeconds },
  });

/** One timer for all requests. A body has time limits of its own, so its time does not count. */
function watchDeadlines(fastify: FastifyInstance) {
  const since = new Map<FastifyReply, number>();
  fastify.addHook("onRequest", (_request: FastifyRequest, reply, done) => {
    since.set(reply, performance.now());
    done();
  });
  fastify.addHook("preParsing", (_request, reply, payload, done) => {
    since.set(reply, Number.POSITIVE_INFINITY);
    done(null, payload);
  });
  fastify.addHook("onResponse", (_request, reply, done) => {
    since.delete(reply);
    done();
  });

  const sweep = setInterval(() => {
    const latest = performance.now() - requestBudget.answerSeconds * 1_000;
    for (const [reply, start] of since) {
      if (start > latest) continue;
      since.delete(reply);
      // Of an answer that has begun there is nothing to be said any more.
      if (!reply.sent && !reply.raw.headersSent) reply.send(overdue());
    }
  }, SWEEP_MS).unref();
  fastify.addHook("onClose", async () => clearInterval(sweep));

  return {
    start: (reply: FastifyReply) => since.set(reply, performance.now()),
    lift(reply: FastifyReply) {
      since.delete(reply);
      reply.raw.socket?.setTimeout(requestBudget.silentExportSeconds * 1_000);
    },
  };
}
