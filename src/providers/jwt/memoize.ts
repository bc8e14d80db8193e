export interface Remembered<T> {
  /** What is fresh, or else loaded now. Right after a failure it fails the same way. */
  get(now: Date): Promise<T>;
  /** Loaded again; null when that was tried a moment ago. */
  reload(now: Date): Promise<T | null>;
}

/** A provider that is down is asked again after this long. */
const FAILED_SECONDS = 5;

/** Keeps what was loaded. There is one load at a time, whoever waits. */
export function memoize<T>(
  load: (now: Date) => Promise<T>,
  { freshSeconds, cooldownSeconds }: { freshSeconds: number; cooldownSeconds: number },
): Remembered<T> {
  let loaded: { value: T; at: Date } | null = null;
  let failed: { error: unknown } | null = null;
  let triedAt: Date | null = null;
  let pending: Promise<T> | null = null;

  const isWithin = (seconds: number, since: Date | null, now: Date): boolean =>
    since !== null && +now < +since + seconds * 1_000;

  const run = (now: Date): Promise<T> => {
    if (pending) return pending;
    triedAt = now;
    pending = load(now)
      .then((value) => {
        loaded = { value, at: now };
        failed = null;
        return value;
      })
      .catch((error: unknown) => {
        failed = { error };
        throw error;
      })
      .finally(() => {
        pending = null;
      });
    return pending;
  };

  return {
    async get(now) {
      if (loaded && isWithin(freshSeconds, loaded.at, now)) return loaded.value;
      if (failed && !pending && isWithin(FAILED_SECONDS, triedAt, now)) throw failed.error;
      return run(now);
    },
    async reload(now) {
      if (!pending && isWithin(cooldownSeconds, triedAt, now)) return null;
      return run(now);
    },
  };
}
