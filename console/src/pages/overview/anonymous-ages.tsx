import { IconHourglass } from "@tabler/icons-react";
import type { OverviewQuery } from "../../graphql/graphql.ts";
import { EmptyState } from "../../parts/empty-state.tsx";
import { formatNumber } from "../../parts/numbers.ts";
import { plural } from "../../parts/plural.ts";
import { ChartPanel } from "./chart-panel.tsx";
import type { Series } from "./series.ts";
import { StackedBars } from "./stacked-bars.tsx";

const WEEK_DAYS = 7;

/** Anonymous users by age, up to the age at which they expire. */
export function AnonymousAges({
  anonymousUsers: { byAge, total, expireAfterDays, expiringWithinWeek },
}: {
  anonymousUsers: OverviewQuery["statistics"]["anonymousUsers"];
}) {
  const isExpiring = (ageDays: number): boolean => ageDays >= expireAfterDays - WEEK_DAYS;
  const series: readonly Series[] = [
    {
      label: "more than 7 days left",
      look: 0,
      values: byAge.map(({ ageDays, users }) => (isExpiring(ageDays) ? 0 : users)),
    },
    {
      label: "expire within 7 days",
      look: 1,
      values: byAge.map(({ ageDays, users }) => (isExpiring(ageDays) ? users : 0)),
    },
  ];
  const last = byAge.at(-1)?.ageDays ?? 0;
  return (
    <ChartPanel
      title="Anonymous users by age"
      summary={`${plural(total, "anonymous user")}. ${plural(expiringWithinWeek, "expires", "expire")} within the next 7 days: anonymous users are deleted after ${plural(expireAfterDays, "day")}.`}
      series={series}
      table={{
        heading: "Age in days",
        columns: ["Anonymous users"],
        rows: byAge.map(({ ageDays, users }) => ({ label: formatNumber(ageDays), values: [users] })),
      }}
      empty={
        total === 0 && (
          <EmptyState icon={IconHourglass} title="No anonymous users">
            Users who log in anonymously are counted here until they become permanent or expire after{" "}
            {plural(expireAfterDays, "day")}.
          </EmptyState>
        )
      }
    >
      <StackedBars
        labels={byAge.map(({ ageDays }) => String(ageDays))}
        series={series}
        xAxisLabel="Age in days"
        referenceLines={
          last === expireAfterDays
            ? [
                {
                  x: String(expireAfterDays),
                  label: `deleted after ${plural(expireAfterDays, "day")}`,
                  labelPosition: "insideTopRight",
                  color: "var(--series-1)",
                },
              ]
            : []
        }
      />
    </ChartPanel>
  );
}
