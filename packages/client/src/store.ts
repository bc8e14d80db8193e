/** The session as it is stored, what a page may know of it, and who is told of changes. */
import type { ErrorCode, PasserbyError } from "./errors.ts";
import { type Item, isPromise } from "./storage.ts";

/** The signed-in user. The same object until the user changes or becomes permanent. */
export interface Session {
  readonly userId: string;
  /** Whether the user is a guest, who is deleted after some time unless an identity is linked. */
  readonly isAnonymous: boolean;
}

/** All that a page draws. The same object until something changes. */
export interface State {
  /** null while there is none yet, and after a logout. */
  readonly session: Session | null;
  /** Whether there is no session yet: the first token that is asked for logs in a guest. False after a logout. */
  readonly isStarting: boolean;
  /** Whether the gateway did not respond when it was last asked. Attempts continue by themselves. */
  readonly isOffline: boolean;
  /** Why there is no session although one was asked for, such as `PROVIDER_DISABLED`. */
  readonly error: PasserbyError | null;
  /** Why the previous session ended, such as `SESSION_REVOKED`, until `dismissNotice()`. */
  readonly notice: ErrorCode | null;
}

/** What is stored. In cookie sessions the tokens are only in memory, and the refresh token is in the cookie. */
export interface StoredSession extends Session {
  readonly accessToken: string | null;
  readonly refreshToken: string | null;
  /** By the clock of this device, which may be wrong: only durations between these and now count. */
  readonly storedAt: number;
  readonly refreshAt: number;
  readonly notice: ErrorCode | null;
  /** The key that the session is bound to; null for none. */
  readonly keyThumbprint: string | null;
}

/** Of a clock that is corrected a little. */
const CLOCK_STEP_MS = 5_000;

/** Whether the access token can be sent without a refresh. False as well when the clock was set back. */
export const isFresh = (session: StoredSession): session is StoredSession & { accessToken: string } =>
  session.accessToken !== null &&
  Date.now() < session.refreshAt &&
  Date.now() > session.storedAt - CLOCK_STEP_MS;

export interface Store {
  readonly state: State;
  /** The session of the last `load` or `save`. */
  readonly current: StoredSession | null;
  /** Reads what another tab may have stored; synchronous when the storage is. */
  load(): void | Promise<void>;
  save(session: StoredSession | null): Promise<void>;
  change(changes: Partial<State>): void;
  subscribe(listener: () => void): () => void;
  /** The user that an access token is of; undefined for a token that was not this page's. */
  ownerOf(accessToken: string): string | undefined;
}

const MAX_OWNERS = 20;

export function createStore(item: Item, key: string, startsGuests: boolean, inMemory: boolean): Store {
  const listeners = new Set<() => void>();
  const owners = new Map<string, string>();
  let current: StoredSession | null = null;
  let text: string | null | undefined;
  let state: State = {
    session: null,
    // In cookie sessions the gateway tells.
    isStarting: startsGuests || inMemory,
    isOffline: false,
    error: null,
    notice: null,
  };

  function change(changes: Partial<State>): void {
    const names = Object.keys(changes) as (keyof State)[];
    if (names.every((name) => state[name] === changes[name])) return;
    state = { ...state, ...changes };
    for (const listener of listeners) listener();
  }

  function adopt(session: StoredSession | null): void {
    const [before, { session: shown }] = [current, state];
    current = session;
    if (!session) {
      // Logged out, here or in another tab: not starting until a token is asked for.
      change({ session: null, ...(before && { isStarting: false, notice: null }) });
      return;
    }
    if (session.accessToken) owners.set(session.accessToken, session.userId);
    if (owners.size > MAX_OWNERS) owners.delete(owners.keys().next().value ?? "");
    const { userId, isAnonymous, notice } = session;
    const isSame = shown?.userId === userId && shown.isAnonymous === isAnonymous;
    change({ session: isSame ? shown : { userId, isAnonymous }, isStarting: false, error: null, notice });
  }

  function received(next: string | null): void {
    if (next === text) return;
    text = next;
    const stored = parse(next);
    const isKept =
      inMemory && stored?.userId === current?.userId && stored?.isAnonymous === current?.isAnonymous;
    adopt(stored && isKept && current ? { ...current, notice: stored.notice } : stored);
  }

  function load(): void | Promise<void> {
    const read = item.read();
    return isPromise(read) ? read.then(received) : received(read as string | null);
  }

  const onStorage = (event: Event): void => {
    const changed = (event as StorageEvent).key;
    if (changed === key || changed === null || event.type !== "storage") void load();
  };

  const loading = load();
  if (loading) {
    state = { ...state, isStarting: true };
    loading.then(() => state.session || change({ isStarting: startsGuests || inMemory }));
  }
  return {
    get state() {
      // Without a listener, no event of storage was heard.
      if (listeners.size === 0 && !loading) void load();
      return state;
    },
    get current() {
      return current;
    },
    load,
    async save(session) {
      const { userId, isAnonymous, notice, keyThumbprint } = session ?? {};
      text = session && JSON.stringify(inMemory ? { userId, isAnonymous, notice, keyThumbprint } : session);
      const written = item.write(text);
      adopt(session);
      await written;
    },
    change,
    subscribe(listener) {
      // Another function each time: the same listener may be subscribed twice.
      const own = (): void => listener();
      if (listeners.size === 0) {
        globalThis.addEventListener?.("storage", onStorage);
        globalThis.document?.addEventListener("visibilitychange", onStorage);
      }
      listeners.add(own);
      void load();
      return () => {
        if (!listeners.delete(own) || listeners.size > 0) return;
        globalThis.removeEventListener?.("storage", onStorage);
        globalThis.document?.removeEventListener("visibilitychange", onStorage);
      };
    },
    ownerOf: (accessToken) => owners.get(accessToken),
  };
}

const UNKNOWN = {
  accessToken: null,
  refreshToken: null,
  notice: null,
  keyThumbprint: null,
  storedAt: 0,
  refreshAt: 0,
};

/** @returns null for what is not a session, such as what another program stored under the key */
function parse(text: string | null): StoredSession | null {
  try {
    const stored = JSON.parse(text ?? "null");
    if (typeof stored?.userId !== "string") return null;
    return { ...UNKNOWN, ...stored };
  } catch {
    return null;
  }
}
