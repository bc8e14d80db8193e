/** Time as a dependency, so that tests can set it and need not sleep. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

const [FIRST, LAST] = [Date.parse("2025-01-01T00:00:00Z"), Date.parse("2100-01-01T00:00:00Z")];

/** Whether the clock has been set: with an unset one, issued tokens and new users would have expired. */
export const isPlausible = (time: Date): boolean => time.getTime() >= FIRST && time.getTime() < LAST;

export const secondsAfter = (time: Date, seconds: number): Date => new Date(time.getTime() + seconds * 1_000);

export const DAY_SECONDS = 86_400;
export const DAY_MS = DAY_SECONDS * 1_000;

/** Days since 1970, UTC. */
export const dayOf = (time: Date): number => Math.floor(time.getTime() / DAY_MS);
