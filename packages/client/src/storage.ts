/** Where the session is stored. Storage that fails is survived: the session then lasts as long as the page. */

/** Such as `localStorage`, or React Native's AsyncStorage: each function may return a promise. */
export interface SessionStorage {
  getItem(key: string): string | null | undefined | Promise<string | null | undefined>;
  setItem(key: string, value: string): unknown;
  removeItem(key: string): unknown;
}

export const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof (value as { then?: unknown } | null | undefined)?.then === "function";

/** `localStorage` in a page, where it is permitted; otherwise memory. */
export function defaultStorage(): SessionStorage {
  try {
    // Reading the property throws where the browser forbids storage. Not on servers, where all visitors would share it.
    if (typeof document !== "undefined" && globalThis.localStorage) return globalThis.localStorage;
  } catch {}
  return memoryStorage();
}

/** Storage that lasts as long as the program. */
export function memoryStorage(): SessionStorage {
  const items = new Map<string, string>();
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  };
}

/** One item of storage, which does not throw. */
export interface Item {
  /** Synchronous when the storage is. */
  read(): string | null | Promise<string | null>;
  write(text: string | null): Promise<void>;
}

export function storedItem(storage: SessionStorage, key: string): Item {
  /** What could not be stored; undefined when storage works. */
  let unstored: string | null | undefined;
  /** What cannot be read may be the session of a user, and is not overwritten. */
  let isReadable = true;
  const received = (text: string | null | undefined): string | null => {
    // Storage that has become readable again wins over what was not to overwrite it.
    if (!isReadable && text) unstored = undefined;
    isReadable = true;
    return unstored === undefined ? (text ?? null) : unstored;
  };
  const failed = (): string | null => {
    isReadable = false;
    return unstored ?? null;
  };
  return {
    read() {
      try {
        const text = storage.getItem(key);
        return isPromise(text) ? text.then(received, failed) : received(text);
      } catch {
        return failed();
      }
    },
    async write(text) {
      unstored = text;
      if (!isReadable) return;
      try {
        await (text === null ? storage.removeItem(key) : storage.setItem(key, text));
        unstored = undefined;
      } catch {}
    },
  };
}
