import { IconDevices } from "@tabler/icons-react";
import type { OverviewQuery } from "../../graphql/graphql.ts";
import { EmptyState } from "../../parts/empty-state.tsx";
import { plural } from "../../parts/plural.ts";
import { ChartPanel } from "./chart-panel.tsx";
import { toSeries } from "./series.ts";
import { StackedBars } from "./stacked-bars.tsx";

/** One bar for each provider, in the same color as in the logins chart. */
export function ActiveSessions({
  activeSessions: { total, byProvider },
  providers,
}: {
  activeSessions: OverviewQuery["statistics"]["activeSessions"];
  providers: readonly string[];
}) {
  const rows = byProvider.map(({ provider, count }) => new Map([[provider, count]]));
  const series = toSeries(providers, rows).filter(({ values }) => values.some((value) => value > 0));
  return (
    <ChartPanel
      title="Active sessions"
      summary={`${plural(total, "session is live", "sessions are live")}, by the provider of the login.`}
      series={series}
      table={{
        heading: "Provider",
        columns: ["Active sessions"],
        rows: byProvider.map(({ provider, count }) => ({ label: provider, values: [count] })),
      }}
      empty={
        total === 0 && (
          <EmptyState icon={IconDevices} title="No active sessions">
            Each login starts a session, which is live until it ends or expires.
          </EmptyState>
        )
      }
    >
      <StackedBars
        labels={byProvider.map(({ provider }) => provider)}
        series={series}
        orientation="vertical"
        yAxisProps={{ width: 110 }}
      />
    </ChartPanel>
  );
}
