/** Days in UTC, as in the statistics, so that a shared URL shows the same data in every time zone. */
const short = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", timeZone: "UTC" });
const DAY_MS = 86_400_000;

/** Formats a day like `2026-11-24` as "Nov 24". */
export const formatDay = (day: string): string => short.format(new Date(day));

/** The start of a day like `2026-11-24` in milliseconds, plus `daysLater`; null when it is malformed. */
export function dayStart(day: string | null, daysLater = 0): number | null {
  if (!day || !/^\d{4}-\d\d-\d\d$/.test(day)) return null;
  const start = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(start) ? null : start + daysLater * DAY_MS;
}
