const steps: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 365 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
// The page is in English, and so is what reads as part of a sentence.
const format = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/**
 * Months are told in days, which is how long users and sessions last: such as "3 days ago" or "in 10 minutes"; what is nearer than a minute is "just now" or "in a moment".
 */
export function relativeTime(at: number, now: number): string {
  const seconds = (at - now) / 1_000;
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  // The time that is compared with may be some seconds old.
  return seconds > 15 ? "in a moment" : "just now";
}
