/**
 * Lines of attempts that wait for points which other attempts may give back. One attempt at a time asks for a point of a
 * line, so that nobody overtakes and none is refused because of another refusal. What a point is, the caller says.
 */

/** How points of one line are taken and given back, wherever they are counted. */
export interface Points {
  /** @returns null when there was one; otherwise after how many milliseconds there are new ones */
  take(): Promise<number | null>;
  giveBack(): Promise<void>;
}

export interface Line {
  /** @returns null when the attempt may begin; otherwise after how many seconds to try again */
  enter(deadline: number): Promise<number | null>;
  /** Ends an attempt that had entered. */
  leave(outcome: "keep" | "give back"): Promise<void>;
}

/** So many may wait for one key: a lecture hall that logs in through one address. */
const MAX_WAITING = 250;
/** And so many in all: each keeps its request in memory. */
const MAX_WAITING_IN_ALL = 1_000;
/** When so much is under way that waiting was refused, points may be there again a moment later. */
const BUSY_SECONDS = 2;

export const secondsUntil = (milliseconds: number): number => Math.max(1, Math.ceil(milliseconds / 1_000));

interface Waiting {
  readonly deadline: number;
  /** Set once it really has to wait. */
  timer: NodeJS.Timeout | null;
  readonly answer: (retryAfterSeconds: number | null) => void;
  readonly fail: (error: unknown) => void;
}

interface State {
  /** Attempts that hold a point and may still give it back. */
  underWay: number;
  readonly waiting: Waiting[];
  isAsking: boolean;
  /** Whether an attempt ended while a point was asked for, so that the answer may be out of date. */
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

  /** From here on an attempt waits for others, if there is room to wait. */
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
          // It was refused meanwhile, since it had waited for too long.
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
