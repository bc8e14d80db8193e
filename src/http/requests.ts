/**
 * How many requests are worked on at once, and for how long: one place for every route of every surface. What is
 * refused here is answered by the surface's own error handler, in its own words.
 */
import type { FastifyInstance, FastifyReply, RouteOptions } from "fastify";
import type { Logger } from "pino";
import { PasserbyError } from "../errors.ts";
import { requestBudget } from "../request-budget.ts";

/** They answer at once whatever else is going on, and are not counted. */
const uncounted = new Set(["/livez", "/readyz"]);
const SWEEP_MS = 250;
const DEADLINE_SWEEPS = (requestBudget.answerSeconds * 1_000) / SWEEP_MS;

export interface Requests {
  /** Its time begins. */
  begin(reply: FastifyReply): void;
  /** A long body is read, which has time limits of its own: its time begins again when it is there. */
  pause(reply: FastifyReply): void;
  /** It is answered. */
  end(reply: FastifyReply): void;
  /** The answer to this request may take as long as it takes. */
  liftDeadline(reply: FastifyReply): void;
  /**
   * Takes a place; `leave` gives it back.
   * @returns null when there is room at once
   * @throws PasserbyError SERVICE_UNAVAILABLE
   */
  enter(reply: FastifyReply): Promise<void> | null;
  leave(): void;
}

/** A route that calls `enter` and `leave` itself, since a promise more is felt there. */
export const takesItsPlace = { takesItsPlace: true };

/** Has to come before the first route. @param patience of a connection whose request takes long */
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

/** Those that run, and those that wait for one of them to end. */
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

/** While its body is read. */
const PAUSED = -1;

/** Where a reply stands among those that are watched; none when it is not. */
const SLOT = Symbol("slot");
const NONE = -1;
type Watched = FastifyReply & { [SLOT]: number };

/**
 * One timer for all requests, which also is their clock: to be exact to a quarter of a second costs nothing. They stand in
 * slots that are used again. A Map would make a new table every few requests, and its old ones keep what they held alive
 * for the garbage collector's young generation: half of the gateway's garbage was that.
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
      // While a body comes in, other limits hold: Node ends who takes too long to send it.
      if (!reply || start === PAUSED || now - start < DEADLINE_SWEEPS || !reply.request.raw.complete)
        continue;
      end(reply);
      // Of an answer that has begun there is nothing to be said any more.
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
