/** A log that callers cannot flood: each reason is logged once a minute. */
export type Log = (message: string) => void;

const QUIET_MS = 60_000;

/** @returns a function that logs the message unless its reason was logged within the last minute */
export function createQuietLog(log: Log, now: () => Date): (reason: string, message: string) => void {
  const loggedAt = new Map<string, number>();
  return (reason, message) => {
    const time = +now();
    if (time < (loggedAt.get(reason) ?? Number.NEGATIVE_INFINITY) + QUIET_MS) return;
    loggedAt.set(reason, time);
    log(message);
  };
}
