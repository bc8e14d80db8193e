type Listener = () => void;

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

/** The session of this page has ended. */
export const sessionEnded = createSignal();
/** The operator signed in again while pages were open: failed queries can be retried. */
export const sessionResumed = createSignal();
