import { IconShieldCheck } from "@tabler/icons-react";
import type { OverviewQuery } from "../../graphql/graphql.ts";
import { EmptyState } from "../../parts/empty-state.tsx";
import { plural } from "../../parts/plural.ts";
import { formatDay } from "../../parts/utc-day.ts";
import { ChartPanel } from "./chart-panel.tsx";
import { toSeries, total } from "./series.ts";
import { StackedBars } from "./stacked-bars.tsx";

export function FailedLogins({
  failedLogins,
}: {
  failedLogins: OverviewQuery["statistics"]["failedLogins"];
}) {
  const rows = failedLogins.map(({ byCode }) => new Map(byCode.map(({ code, count }) => [code, count])));
  const sums = new Map<string, number>();
  for (const row of rows) for (const [code, count] of row) sums.set(code, (sums.get(code) ?? 0) + count);
  const codes = [...sums].sort(([, more], [, less]) => less - more).map(([code]) => code);
  const series = toSeries(codes, rows);
  const all = total(failedLogins.map(({ total }) => total));
  return (
    <ChartPanel
      title="Failed logins by reason"
      summary={`${plural(all, "failed login")} in ${plural(failedLogins.length, "day")}.`}
      series={series}
      table={{
        heading: "Day (UTC)",
        columns: [...codes, "All"],
        rows: failedLogins.map(({ day, total }, index) => ({
          label: formatDay(day),
          values: [...codes.map((code) => rows[index]?.get(code) ?? 0), total],
        })),
      }}
      empty={
        all === 0 && (
          <EmptyState icon={IconShieldCheck} title="No failed logins">
            Counts invalid credentials, disabled providers and too many attempts.
          </EmptyState>
        )
      }
    >
      <StackedBars labels={failedLogins.map(({ day }) => formatDay(day))} series={series} />
    </ChartPanel>
  );
}
