import { Anchor } from "@mantine/core";
import { IconLogin2 } from "@tabler/icons-react";
import type { OverviewQuery } from "../../graphql/graphql.ts";
import { mount } from "../../mount.ts";
import { EmptyState } from "../../parts/empty-state.tsx";
import { formatNumber } from "../../parts/numbers.ts";
import { plural } from "../../parts/plural.ts";
import { formatDay } from "../../parts/utc-day.ts";
import { ChartPanel } from "./chart-panel.tsx";
import { toSeries, total } from "./series.ts";
import { StackedBars } from "./stacked-bars.tsx";

export function Logins({
  logins,
  providers,
}: {
  logins: OverviewQuery["statistics"]["logins"];
  providers: readonly string[];
}) {
  const rows = logins.map(
    ({ byProvider }) => new Map(byProvider.map(({ provider, count }) => [provider, count])),
  );
  const used = providers.filter((provider) => rows.some((row) => row.has(provider)));
  const series = toSeries(providers, rows).filter(({ values }) => total(values) > 0);
  const all = total(logins.map(({ total }) => total));
  const today = logins.at(-1)?.total ?? 0;
  return (
    <ChartPanel
      title="Logins per day"
      summary={`${plural(all, "login")} in ${plural(logins.length, "day")}, by provider. ${formatNumber(today)} of them today.`}
      series={series}
      isWide
      table={{
        heading: "Day (UTC)",
        columns: [...used, "All"],
        rows: logins.map(({ day, total }, index) => ({
          label: formatDay(day),
          values: [...used.map((provider) => rows[index]?.get(provider) ?? 0), total],
        })),
      }}
      empty={
        all === 0 && (
          <EmptyState icon={IconLogin2} title="No logins yet">
            Send <code>{"mutation { loginAnonymous { accessToken } }"}</code> to <code>/graphql</code>, or try
            it at{" "}
            <Anchor href={`${mount}/graphiql`} underline="always">
              /graphiql
            </Anchor>
            .
          </EmptyState>
        )
      }
    >
      <StackedBars labels={logins.map(({ day }) => formatDay(day))} series={series} height={280} />
    </ChartPanel>
  );
}
