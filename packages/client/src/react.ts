"use client";
/** `@passerby/client/react`: the session in components. Safe in Strict Mode, Suspense and hydration. */
import {
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useCallback,
  useContext,
  useState,
  useSyncExternalStore,
} from "react";
import type { Conflict, LinkResult, Passerby } from "./contract.ts";
import type { Credentials } from "./documents.ts";
import { PasserbyError } from "./errors.ts";
import type { Session, State } from "./store.ts";

interface Value {
  readonly client: Passerby;
  readonly serverState: State;
}

const Context = createContext<Value | null>(null);

const STARTING: State = { session: null, isStarting: true, isOffline: false, error: null, notice: null };

/** Properties of `PasserbyProvider`. */
export interface PasserbyProviderProps {
  /** Created outside of components. */
  readonly client: Passerby;
  /** What the server rendered for: `session` of `openSession`. While hydrating, components have this session. */
  readonly initialSession?: Session | null | undefined;
  readonly children?: ReactNode;
}

/** Gives the client to `useSession`, `useLink` and `usePasserby` below it. */
export function PasserbyProvider({
  client,
  initialSession = null,
  children,
}: PasserbyProviderProps): ReactElement {
  const [session] = useState(initialSession);
  const [serverState] = useState<State>(() =>
    session ? { ...STARTING, session, isStarting: false } : STARTING,
  );
  const [value, setValue] = useState<Value>({ client, serverState });
  if (value.client !== client) setValue({ client, serverState });
  return createElement(Context.Provider, { value }, children);
}

function useValue(): Value {
  const value = useContext(Context);
  if (!value) throw new Error("There is no <PasserbyProvider> above this component.");
  return value;
}

/** The client of the provider above. */
export const usePasserby = (): Passerby => useValue().client;

/** Who is signed in, and how the session is; renders again when that changes, in any tab. Starts no session by itself. */
export function useSession(): State {
  const { client, serverState } = useValue();
  return useSyncExternalStore(
    client.subscribe,
    () => client.state,
    () => serverState,
  );
}

/** What `useLink` returns. */
export interface UseLink {
  /**
   * Links credentials, or what a function returns, such as `() => registerPasskey(passerby)`. Does not reject: see `error`.
   * @returns the outcome; null after an error
   */
  link(act: Credentials | (() => Promise<LinkResult | null>)): Promise<LinkResult | null>;
  /** Set while the visitor is to decide between `merge()`, `switch()` and `cancel()`. */
  readonly conflict: PendingConflict | null;
  readonly isPending: boolean;
  /** Of the last attempt, or decision. */
  readonly error: PasserbyError | null;
}

/** A conflict on the screen. `merge` and `switch` do not reject: see `error` of `useLink`. */
export interface PendingConflict extends Pick<Conflict, "provider" | "expiresAt"> {
  merge(): Promise<void>;
  switch(): Promise<void>;
  /** Stay as the guest. */
  cancel(): void;
}

interface Attempt {
  readonly conflict: Conflict | null;
  readonly isPending: boolean;
  readonly error: PasserbyError | null;
}
const IDLE: Attempt = { conflict: null, isPending: false, error: null };

/** Linking with its conflict, as state. */
export function useLink(): UseLink {
  const { client } = useValue();
  const [{ conflict, isPending, error }, setAttempt] = useState(IDLE);

  const run = useCallback(async <Result>(act: () => Promise<Result>): Promise<Result | null> => {
    setAttempt({ ...IDLE, isPending: true });
    try {
      const result = await act();
      setAttempt({ ...IDLE, conflict: (result as LinkResult | null)?.conflict ?? null });
      return result;
    } catch (cause) {
      const error =
        cause instanceof PasserbyError ? cause : new PasserbyError("UNKNOWN", String(cause), {}, cause);
      setAttempt({ ...IDLE, error });
      return null;
    }
  }, []);

  const link = useCallback<UseLink["link"]>(
    (act) => run(typeof act === "function" ? act : () => client.link(act)),
    [client, run],
  );

  return {
    link,
    isPending,
    error,
    conflict: conflict && {
      provider: conflict.provider,
      expiresAt: conflict.expiresAt,
      async merge() {
        await run(async () => void (await conflict.merge()));
      },
      async switch() {
        await run(async () => void (await conflict.switch()));
      },
      cancel: () => setAttempt(IDLE),
    },
  };
}
