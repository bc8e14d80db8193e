/** Something read from the gateway that is kept for a while, and for a while longer when the gateway cannot be reached. */
export interface Kept<T> {
  /** What is kept, read anew when it is stale. @throws what reading threw, when nothing usable is left */
  get(): Promise<T>;
  /** Reads anew, unless that failed a moment ago; whoever asks meanwhile gets the same answer. */
  renew(): Promise<T>;
}

export interface Loaded<T> {
  readonly value: T;
  readonly freshUntil: Date;
  readonly usableUntil: Date;
}

/** After a failure: how soon it is tried again, while nothing usable is left and while something is. */
const [RETRY_MS, CALM_RETRY_MS] = [1_000, 5_000];

export function keep<T>({
  load,
  now,
}: {
  load: (previous: T | null) => Promise<Loaded<T>>;
  now: () => Date;
}): Kept<T> {
  let kept: Loaded<T> | null = null;
  let pending: Promise<T> | null = null;
  let failure: { error: unknown; at: Date } | null = null;

  const read = async (): Promise<T> => {
    try {
      kept = await load(kept?.value ?? null);
      failure = null;
      return kept.value;
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
      if (kept && time < kept.freshUntil) return kept.value;
      const usable = kept && time < kept.usableUntil ? kept : null;
      try {
        return await renew(usable ? CALM_RETRY_MS : RETRY_MS);
      } catch (error) {
        if (usable) return usable.value;
        throw error;
      }
    },
  };
}
