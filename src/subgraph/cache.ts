/** Caches a value read from the gateway while it is fresh, and longer while the gateway is unreachable. */
export interface Cache<T> {
  /** The cached value, reloaded when stale. @throws the error of loading, when no usable value is left */
  get(): Promise<T>;
  /** Reloads, unless that failed recently. Concurrent calls share the result. */
  renew(): Promise<T>;
}

export interface Loaded<T> {
  readonly value: T;
  readonly freshUntil: Date;
  readonly usableUntil: Date;
}

/** Pause after a failure: without and with a usable value. */
const [RETRY_MS, CALM_RETRY_MS] = [1_000, 5_000];

export function createCache<T>({
  load,
  now,
}: {
  load: (previous: T | null) => Promise<Loaded<T>>;
  now: () => Date;
}): Cache<T> {
  let cached: Loaded<T> | null = null;
  let pending: Promise<T> | null = null;
  let failure: { error: unknown; at: Date } | null = null;

  const read = async (): Promise<T> => {
    try {
      cached = await load(cached?.value ?? null);
      failure = null;
      return cached.value;
    } catch (error) {
      failure = { error, at: now() };
      throw error;
    }
  };
  const renew = async (pauseMs = CALM_RETRY_MS): Promise<T> => {
    if (failure && +now() < +failure.at + pauseMs) throw failure.error;
    pending ??= read().finally(() => {
      pending = null;
    });
    return pending;
  };

  return {
    renew: () => renew(),
    async get() {
      const time = now();
      if (cached && time < cached.freshUntil) return cached.value;
      const usable = cached && time < cached.usableUntil ? cached : null;
      try {
        return await renew(usable ? CALM_RETRY_MS : RETRY_MS);
      } catch (error) {
        if (usable) return usable.value;
        throw error;
      }
    },
  };
}
