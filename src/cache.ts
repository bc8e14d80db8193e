/** Values that are loaded asynchronously, once for all that ask at the same time. */

/** Runs `work` once at a time: calls while it runs get the same result. */
export function singleFlight<Args extends readonly unknown[], T>(
  work: (...args: Args) => Promise<T>,
): (...args: Args) => Promise<T> {
  let running: Promise<T> | null = null;
  return (...args) => {
    running ??= work(...args).finally(() => {
      running = null;
    });
    return running;
  };
}

export interface Cache<T> {
  /** The cached value while it is fresh, or else a new one. @throws what loading throws */
  get(now: Date): Promise<T>;
  /** A new value; null within the cooldown of the last load. @throws what loading throws */
  reload(now: Date): Promise<T | null>;
}

interface CacheLimits {
  /** Counted from the start of the load. */
  readonly freshSeconds: number;
  /** How long `get` fails the same way after a failure instead of loading again; 0 unless given. */
  readonly failedSeconds?: number;
  /** How long `reload` does nothing after the start of the last load; 0 unless given. */
  readonly cooldownSeconds?: number;
}

export function createCache<T>(
  load: (now: Date) => Promise<T>,
  { freshSeconds, failedSeconds = 0, cooldownSeconds = 0 }: CacheLimits,
): Cache<T> {
  let cached: { value: T; at: Date } | null = null;
  let failed: { error: unknown } | null = null;
  let startedAt: Date | null = null;
  let isLoading = false;

  const isWithin = (seconds: number, since: Date | null, now: Date): boolean =>
    since !== null && +now < +since + seconds * 1_000;

  const run = singleFlight(async (now: Date): Promise<T> => {
    [startedAt, failed, isLoading] = [now, null, true];
    try {
      const value = await load(now);
      cached = { value, at: now };
      return value;
    } catch (error) {
      failed = { error };
      throw error;
    } finally {
      isLoading = false;
    }
  });

  return {
    async get(now) {
      if (cached && isWithin(freshSeconds, cached.at, now)) return cached.value;
      if (failed && isWithin(failedSeconds, startedAt, now)) throw failed.error;
      return run(now);
    },
    async reload(now) {
      if (!isLoading && isWithin(cooldownSeconds, startedAt, now)) return null;
      return run(now);
    },
  };
}
