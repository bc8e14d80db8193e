import type { OverviewQuery } from "../../graphql/graphql.ts";

type Statistics = OverviewQuery["statistics"];

/** What is drawn in one colour and one pattern. */
export interface Series {
  /** What it is called, in the legend and in the table. */
  readonly label: string;
  /** Which colour and pattern, from 0 to 5, or LEFT_OVER. */
  readonly look: number;
  readonly values: readonly number[];
}

/** So many can be told apart. */
const MAX_SERIES = 6;
/** The look of what none of the others is. */
export const LEFT_OVER = 6;

/** Every provider that occurs, most used first: it looks the same in every chart. */
export function orderProviders({
  logins,
  liveSessions,
}: Pick<Statistics, "logins" | "liveSessions">): string[] {
  const totals = new Map(liveSessions.byProvider.map(({ provider }) => [provider, 0]));
  for (const { byProvider } of logins) {
    for (const { provider, count } of byProvider) totals.set(provider, (totals.get(provider) ?? 0) + count);
  }
  return [...totals].sort(([a, more], [b, less]) => less - more || a.localeCompare(b)).map(([name]) => name);
}

/**
 * One series for each name. When there are more than can be told apart, the last holds all the others; the table of a chart
 * has them one by one.
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
