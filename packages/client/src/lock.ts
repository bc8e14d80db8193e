/** One change of the session at a time, in all tabs. */
import type { SessionStorage } from "./storage.ts";

/** Runs `act` while no other holder of the name runs, in any tab, and settles as `act` does. */
export type Lock = <Result>(name: string, act: () => Promise<Result>) => Promise<Result>;

/**
 * Longer than a change takes: a tab that is frozen while it holds the lock does not stop the others. What they do then is
 * safe, because the gateway gives the same successor to a refresh token that was used shortly before.
 */
const MAX_WAIT_MS = 30_000;
const LEASE_MS = 10_000;
const POLL_MS = 40;

const queues = new WeakMap<SessionStorage, Lock>();

/** A lock for all that share a storage: Web Locks where there are (on https and localhost), otherwise a lease in that storage. */
export function defaultLock(storage: SessionStorage, isGiven: boolean): Lock {
  const inThisPage = queues.get(storage) ?? createQueue();
  queues.set(storage, inThisPage);
  const isBrowser = typeof document !== "undefined";
  if (!isBrowser && !isGiven) return inThisPage;
  const inAllTabs = isBrowser && globalThis.navigator?.locks ? webLock : leaseLock(storage);
  return (name, act) => inThisPage(name, () => inAllTabs(name, act));
}

/** A lock for a program that has the session to itself, such as a native app. */
export function createQueue(): Lock {
  const last = new Map<string, Promise<unknown>>();
  return (name, act) => {
    const result = (last.get(name) ?? Promise.resolve()).then(act);
    last.set(
      name,
      result.catch(() => {}),
    );
    return result;
  };
}

const webLock: Lock = async (name, act) => {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), MAX_WAIT_MS);
  let isHeld = false;
  try {
    return await navigator.locks.request(name, { signal: controller.signal }, () => {
      isHeld = true;
      clearTimeout(timer);
      return act();
    });
  } catch (error) {
    // Unless it held the lock, it waited too long, or locks are forbidden in this frame.
    if (isHeld) throw error;
    return act();
  } finally {
    clearTimeout(timer);
  }
};

const leaseLock = (storage: SessionStorage): Lock => {
  return async (name, act) => {
    const key = `${name}:lock`;
    const id = Math.random().toString(36).slice(2);
    /** Who has the lease; this tab where storage fails, which then cannot be shared either. */
    const holder = async (): Promise<string | null> => {
      try {
        const [owner = "", since] = String((await storage.getItem(key)) ?? "").split(" ");
        const age = Date.now() - Number(since);
        // A lease of the future was taken before the clock was set back.
        return age >= 0 && age < LEASE_MS ? owner : null;
      } catch {
        return id;
      }
    };
    const renew = async (): Promise<boolean> => {
      try {
        await storage.setItem(key, `${id} ${Date.now()}`);
        return true;
      } catch {
        return false;
      }
    };
    for (let waited = 0; waited < MAX_WAIT_MS; waited += POLL_MS) {
      const owner = await holder();
      if (owner === id) break;
      if (owner === null && !(await renew())) break;
      // Until then, each other tab that saw no holder has written, and the last one has the lease.
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    const timer = setInterval(renew, LEASE_MS / 3);
    try {
      return await act();
    } finally {
      clearInterval(timer);
      try {
        if ((await holder()) === id) await storage.removeItem(key);
      } catch {}
    }
  };
};
