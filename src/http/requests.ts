/**
 * Limits concurrency and duration for every route of every surface. The surface's own error handler answers requests that
 * are rejected here.
 */
import type { FastifyInstance, FastifyReply, RouteOptions } from "fastify";
import type { Logger } from "pino";
import { PasserbyError } from "../errors.ts";
import { requestBudget } from "../request-budget.ts";

/** Health routes answer under any load, and are not counted. */
const uncounted = new Set(["/livez", "/readyz"]);
const SWEEP_MS = 250;
const DEADLINE_SWEEPS = (requestBudget.answerSeconds * 1_000) / SWEEP_MS;

export interface Requests {
  /** Starts the deadline. */
  begin(reply: FastifyReply): void;
  /** Suspends the deadline while a long body is read, which has limits of its own; it restarts when the body is complete. */
  pause(reply: FastifyReply): void;
  /** The request is answered. */
  end(reply: FastifyReply): void;
  /** Removes the deadline, for requests that may take long. */
  liftDeadline(reply: FastifyReply): void;
  /**
   * Takes a place; `leave` gives it back.
   * @returns null when there is room at once
   * @throws PasserbyError SERVICE_UNAVAILABLE
   */
  enter(reply: FastifyReply): Promise<void> | null;
  leave(): void;
}

/** For a route that calls `enter` and `leave` itself: on the hot path one more promise is measurable. */
export const takesItsPlace = { takesItsPlace: true };

/** Must be called before the first route is added. @param patience extends the limits of a connection with a long request */
export function boundRequests(
  fastify: FastifyInstance,
  log: Logger,
  patience: { extend(reply: FastifyReply): void },
): Requests {
  const deadline = watchDeadlines(fastify);
  const places = new Places();
  const requests: Requests = {
    begin: deadline.begin,
    pause: deadline.pause,
    end: deadline.end,
    liftDeadline(reply) {
      deadline.end(reply);
      patience.extend(reply);
    },
    enter(reply) {
      deadline.resume(reply);
      return places.enter();
    },
    leave: () => places.leave(),
  };

  fastify.addHook("onRoute", (route: RouteOptions) => {
    if (uncounted.has(route.url) || (route.config as { takesItsPlace?: true } | undefined)?.takesItsPlace) {
      return;
    }
    const { handler } = route;
    if (requestBudget.longRoutes.has(route.url)) {
      route.handler = function (request, reply) {
        requests.liftDeadline(reply);
        return handler.call(this, request, reply);
      };
      return;
    }
    route.handler = function (request, reply) {
      const work = () => handler.call(this, request, reply);
      const place = requests.enter(reply);
      if (place === null) return finish(work, reply);
      // A request whose deadline passed while it waited has been answered already.
      return place.then(() => (reply.sent ? void places.leave() : finish(work, reply)));
    };
  });

  /** A result after the deadline is dropped: the client has been answered. */
  function finish(work: () => unknown, reply: FastifyReply): unknown {
    let result: unknown;
    try {
      result = work();
    } catch (error) {
      places.leave();
      throw error;
    }
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

  return requests;
}

/** Running requests, and the queue of those that wait for a place. */
class Places {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

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

export const overload = (): PasserbyError =>
  new PasserbyError("SERVICE_UNAVAILABLE", {
    message: "The service is overloaded. Try again after `retryAfterSeconds`.",
    details: { retryAfterSeconds: requestBudget.retryAfterSeconds },
  });

const overdue = (): PasserbyError =>
  new PasserbyError("SERVICE_UNAVAILABLE", {
    message: "The request timed out. It may still take effect: check before you repeat it.",
    details: { retryAfterSeconds: requestBudget.retryAfterSeconds },
  });

/** While its body is read. */
const PAUSED = -1;

/** The reply's index in the list of watched replies; NONE when it is not watched. */
const SLOT = Symbol("slot");
const NONE = -1;
type Watched = FastifyReply & { [SLOT]: number };

/**
 * One timer for all requests, exact to a quarter of a second, which also serves as their clock. Slots are reused: a Map
 * reallocates its table every few requests, and its old tables keep their entries alive in the young generation, which was
 * half of the gateway's garbage.
 */
function watchDeadlines(fastify: FastifyInstance) {
  fastify.decorateReply(SLOT, NONE);
  const replies: (Watched | null)[] = [];
  const starts: number[] = [];
  const free: number[] = [];
  let now = 0;

  const begin = (reply: FastifyReply): void => {
    const slot = free.pop() ?? replies.length;
    replies[slot] = reply as Watched;
    starts[slot] = now;
    (reply as Watched)[SLOT] = slot;
  };
  const end = (reply: FastifyReply): void => {
    const slot = (reply as Watched)[SLOT];
    if (slot === NONE) return;
    replies[slot] = null;
    free.push(slot);
    (reply as Watched)[SLOT] = NONE;
  };
  const timer = setInterval(() => {
    now += 1;
    for (const [slot, reply] of replies.entries()) {
      const start = starts[slot] ?? now;
      // While a body is received, Node's own timeouts apply.
      if (!reply || start === PAUSED || now - start < DEADLINE_SWEEPS || !reply.request.raw.complete)
        continue;
      end(reply);
      // An answer whose headers are sent cannot become an error.
      if (!reply.sent && !reply.raw.headersSent) reply.send(overdue());
    }
  }, SWEEP_MS).unref();
  fastify.addHook("onClose", async () => clearInterval(timer));

  return {
    begin,
    end,
    pause(reply: FastifyReply): void {
      const slot = (reply as Watched)[SLOT];
      if (slot !== NONE) starts[slot] = PAUSED;
    },
    resume(reply: FastifyReply): void {
      const slot = (reply as Watched)[SLOT];
      if (slot !== NONE && starts[slot] === PAUSED) starts[slot] = now;
    },
  };
}
