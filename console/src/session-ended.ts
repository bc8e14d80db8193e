type Listener = () => void;

/** Tells whoever listens that something happened. */
function createSignal() {
  const listeners = new Set<Listener>();
  return {
    notify: (): void => {
      for (const listener of listeners) listener();
    },
    listen: (listener: Listener): (() => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** The gateway no longer knows the session of this page. */
export const sessionEnded = createSignal();
/** Somebody signed in again over pages that were open: what could not be loaded can be now. */
export const sessionResumed = createSignal();
