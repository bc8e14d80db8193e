import { IconHourglass } from "@tabler/icons-react";
import type { OverviewQuery } from "../../graphql/graphql.ts";
import { EmptyState } from "../../parts/empty-state.tsx";
import { formatNumber } from "../../parts/numbers.ts";
import { plural } from "../../parts/plural.ts";
import { ChartPanel } from "./chart-panel.tsx";
import type { Series } from "./series.ts";
import { StackedBars } from "./stacked-bars.tsx";

const WEEK_DAYS = 7;

/** How old the passers-by are, up to the age at which they are deleted. */
export function AnonymousAges({
  anonymousUsers: { byAge, total, expireAfterDays, expiringWithinWeek },
}: {
  anonymousUsers: OverviewQuery["statistics"]["anonymousUsers"];
}) {
  const isLeaving = (ageDays: number): boolean => ageDays >= expireAfterDays - WEEK_DAYS;
  const series: readonly Series[] = [
    {
      label: "staying",
      look: 0,
      values: byAge.map(({ ageDays, users }) => (isLeaving(ageDays) ? 0 : users)),
    },
    {
      label: "deleted within 7 days",
      look: 1,
      values: byAge.map(({ ageDays, users }) => (isLeaving(ageDays) ? users : 0)),
    },
  ];
  const last = byAge.at(-1)?.ageDays ?? 0;
  return (
    <ChartPanel
      title="Anonymous users by age"
      summary={`${plural(total, "anonymous user")}. ${plural(expiringWithinWeek, "reaches", "reach")} ${plural(expireAfterDays, "day")} within the next 7 days; who stays anonymous is deleted.`}
      series={series}
      table={{
        heading: "Age in days",
        columns: ["Anonymous users"],
        rows: byAge.map(({ ageDays, users }) => ({ label: formatNumber(ageDays), values: [users] })),
      }}
      empty={
        total === 0 && (
          <EmptyState icon={IconHourglass} title="No anonymous users">
            Visitors who log in anonymously are counted here until they become known, or are{" "}
            {plural(expireAfterDays, "day")} old.
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
                  label: `deleted at ${plural(expireAfterDays, "day")}`,
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
