type Listener = () => void;
const listeners = new Set<Listener>();

/** Tells the page that the gateway no longer knows its session. */
export const sessionEnded = {
  notify: (): void => {
    for (const listener of listeners) listener();
  },
  listen: (listener: Listener): (() => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },
};
