const steps: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 365 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
// English, as the rest of the page, whatever the browser's locale.
const format = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/**
 * Such as "3 days ago" or "in 10 minutes"; below a minute "just now" or "in a moment". Months are given in days, the unit in
 * which the lifetimes of users and sessions are configured.
 */
export function relativeTime(at: number, now: number): string {
  const seconds = (at - now) / 1_000;
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  // `now` may be up to 15 seconds old.
  return seconds > 15 ? "in a moment" : "just now";
}
