import type { OverviewQuery } from "../../graphql/graphql.ts";

type Statistics = OverviewQuery["statistics"];

/** A data series, drawn in one color and pattern. */
export interface Series {
  readonly label: string;
  /** The index of color and pattern: 0 to 5, or REMAINDER. */
  readonly look: number;
  readonly values: readonly number[];
}

/** The number of distinguishable colors and patterns. */
const MAX_SERIES = 6;
/** The look of what belongs to no other series. */
export const REMAINDER = 6;

/** All providers, most used first: each has the same look in every chart. */
export function orderProviders({
  logins,
  activeSessions,
}: Pick<Statistics, "logins" | "activeSessions">): string[] {
  const totals = new Map(activeSessions.byProvider.map(({ provider }) => [provider, 0]));
  for (const { byProvider } of logins) {
    for (const { provider, count } of byProvider) totals.set(provider, (totals.get(provider) ?? 0) + count);
  }
  return [...totals].sort(([a, more], [b, less]) => less - more || a.localeCompare(b)).map(([name]) => name);
}

/**
 * One series for each name. Beyond MAX_SERIES, the last series is the sum of all others; the table of a chart lists them
 * separately.
 */
export function toSeries(names: readonly string[], rows: readonly ReadonlyMap<string, number>[]): Series[] {
  const tooMany = names.length > MAX_SERIES;
  const own = tooMany ? names.slice(0, MAX_SERIES - 1) : names;
  const others = names.slice(own.length);
  const sum = (row: ReadonlyMap<string, number>): number =>
    others.reduce((total, name) => total + (row.get(name) ?? 0), 0);
  return [
    ...own.map((label, look) => ({ label, look, values: rows.map((row) => row.get(label) ?? 0) })),
    ...(tooMany ? [{ label: "others", look: MAX_SERIES - 1, values: rows.map(sum) }] : []),
  ];
}

export const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
