/**
 * Queues of attempts that wait for points which running attempts may return. One attempt of a queue at a time asks for a
 * point, so that attempts keep their order and none is rejected because of another rejection.
 */

/** Consumes and returns points of one key. */
export interface Points {
  /** @returns null when a point was consumed; otherwise in how many milliseconds to try again */
  take(): Promise<number | null>;
  giveBack(): Promise<void>;
}

export interface Line {
  /** @returns null when the attempt may start; otherwise in how many seconds to try again */
  enter(deadline: number): Promise<number | null>;
  /** Ends an attempt that had entered. */
  leave(outcome: "keep" | "give back"): Promise<void>;
}

/** Attempts that may wait for one key: a lecture hall that logs in from one address. */
const MAX_WAITING = 250;
/** Attempts that may wait in total: each keeps its request in memory. */
const MAX_WAITING_IN_ALL = 1_000;
/** Retry-After when the queue is full: running attempts may return points soon. */
const BUSY_SECONDS = 2;

export const secondsUntil = (milliseconds: number): number => Math.max(1, Math.ceil(milliseconds / 1_000));

interface Waiting {
  readonly deadline: number;
  /** Set when it starts to wait. */
  timer: NodeJS.Timeout | null;
  readonly answer: (retryAfterSeconds: number | null) => void;
  readonly fail: (error: unknown) => void;
}

interface State {
  /** Running attempts, which may still return their point. */
  underWay: number;
  readonly waiting: Waiting[];
  isAsking: boolean;
  /** Whether an attempt ended while a point was requested, so that the result may be outdated. */
  hasChanged: boolean;
}

export function createWaitingLines({ maxWaitMs }: { maxWaitMs: number }): {
  find(key: string, points: Points): Line;
} {
  const states = new Map<string, State>();
  let blocked = 0;

  const stateOf = (key: string): State => {
    let state = states.get(key);
    if (!state) {
      state = { underWay: 0, waiting: [], isAsking: false, hasChanged: false };
      states.set(key, state);
    }
    return state;
  };

  const unblock = ({ timer }: Waiting): void => {
    if (timer === null) return;
    clearTimeout(timer);
    blocked -= 1;
  };
  const answer = (waiting: Waiting, retryAfterSeconds: number | null): void => {
    unblock(waiting);
    waiting.answer(retryAfterSeconds);
  };

  /** Makes the attempts of a key wait, or rejects those for which the queue has no room. */
  const block = (state: State): void => {
    for (const waiting of [...state.waiting]) {
      if (waiting.timer) continue;
      const ms = Math.min(waiting.deadline - Date.now(), maxWaitMs);
      const isFull = state.waiting.indexOf(waiting) >= MAX_WAITING || blocked >= MAX_WAITING_IN_ALL;
      const leave = (): void => {
        state.waiting.splice(state.waiting.indexOf(waiting), 1);
        answer(waiting, BUSY_SECONDS);
      };
      if (isFull || ms <= 0) {
        leave();
        continue;
      }
      blocked += 1;
      waiting.timer = setTimeout(leave, ms);
    }
  };

  const ask = async (key: string, state: State, points: Points): Promise<void> => {
    if (state.isAsking) return;
    state.isAsking = true;
    try {
      while (state.waiting.length > 0) {
        state.hasChanged = false;
        const msBeforeNext = await points.take();
        if (msBeforeNext === null) {
          const next = state.waiting.shift();
          // It timed out meanwhile.
          if (!next) await points.giveBack();
          else {
            state.underWay += 1;
            answer(next, null);
          }
        } else if (!state.hasChanged) {
          if (state.underWay > 0) return block(state);
          for (const each of state.waiting.splice(0)) answer(each, secondsUntil(msBeforeNext));
        }
      }
    } catch (error) {
      for (const each of state.waiting.splice(0)) {
        unblock(each);
        each.fail(error);
      }
    } finally {
      state.isAsking = false;
      if (state.underWay === 0 && state.waiting.length === 0) states.delete(key);
    }
  };

  return {
    find: (key, points) => ({
      enter: (deadline) =>
        new Promise((answer, fail) => {
          const state = stateOf(key);
          state.waiting.push({ deadline, timer: null, answer, fail });
          void ask(key, state, points);
        }),
      async leave(outcome) {
        const state = stateOf(key);
        if (outcome === "give back") await points.giveBack();
        state.underWay -= 1;
        state.hasChanged = true;
        void ask(key, state, points);
      },
    }),
  };
}
