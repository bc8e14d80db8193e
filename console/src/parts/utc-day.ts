/** Days are UTC's, as the statistics are, so that an address shows the same to everybody. */
const short = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", timeZone: "UTC" });
const DAY_MS = 86_400_000;

/** Such as "Nov 24", of a day like `2026-11-24`. */
export const formatDay = (day: string): string => short.format(new Date(day));

/** When a day like `2026-11-24` begins, in milliseconds, or so many days after it; null for what is no day. */
export function dayStart(day: string | null, daysLater = 0): number | null {
  if (!day || !/^\d{4}-\d\d-\d\d$/.test(day)) return null;
  const start = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(start) ? null : start + daysLater * DAY_MS;
}
