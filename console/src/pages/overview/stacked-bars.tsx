import { BarChart, type BarChartProps } from "@mantine/charts";
import { formatNumber } from "../../parts/numbers.ts";
import { fillOf } from "./patterns.tsx";
import type { Series } from "./series.ts";

/** A stacked bar chart without animation. */
export function StackedBars({
  labels,
  series,
  height = 240,
  ...rest
}: {
  labels: readonly string[];
  series: readonly Series[];
  height?: number;
} & Pick<BarChartProps, "orientation" | "referenceLines" | "xAxisLabel" | "yAxisProps" | "xAxisProps">) {
  const data = labels.map((label, index) => ({
    label,
    ...Object.fromEntries(series.map(({ look, values }) => [keyOf(look), values[index] ?? 0])),
  }));
  return (
    <BarChart
      h={height}
      data={data}
      dataKey="label"
      type="stacked"
      series={series.map(({ label, look }) => ({ name: keyOf(look), label, color: `var(--series-${look})` }))}
      barProps={({ name }) => ({ fill: fillOf(Number(name.slice(1))), isAnimationActive: false })}
      valueFormatter={formatNumber}
      accessibilityLayer={false}
      maxBarWidth={48}
      tickLine="none"
      {...rest}
    />
  );
}

/** Provider names may contain characters with a meaning in recharts' data keys. */
const keyOf = (look: number): string => `s${look}`;
