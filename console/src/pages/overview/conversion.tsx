import { IconUserPlus } from "@tabler/icons-react";
import type { OverviewQuery } from "../../graphql/graphql.ts";
import { EmptyState } from "../../parts/empty-state.tsx";
import { formatPart } from "../../parts/numbers.ts";
import { plural } from "../../parts/plural.ts";
import { formatDay } from "../../parts/utc-day.ts";
import { ChartPanel } from "./chart-panel.tsx";
import { REMAINDER, type Series, total } from "./series.ts";
import { StackedBars } from "./stacked-bars.tsx";

/** How many anonymous users of each week have become permanent since. */
export function Conversion({ conversion }: { conversion: OverviewQuery["statistics"]["conversion"] }) {
  const arrived = total(conversion.map(({ arrived }) => arrived));
  const converted = total(conversion.map(({ linked, merged }) => linked + merged));
  const weeks = conversion.map(({ weekOf }) => formatDay(weekOf));
  const series: readonly Series[] = [
    { label: "linked an identity", look: 0, values: conversion.map(({ linked }) => linked) },
    { label: "merged into another user", look: 1, values: conversion.map(({ merged }) => merged) },
    {
      label: "not converted",
      look: REMAINDER,
      values: conversion.map(({ arrived, linked, merged }) => Math.max(0, arrived - linked - merged)),
    },
  ];
  return (
    <ChartPanel
      title="Conversion to permanent users"
      summary={`${formatPart(converted, arrived)} of ${plural(arrived, "anonymous user")} created in these weeks have become permanent.`}
      series={series}
      table={{
        heading: "Week",
        columns: ["Created", "Linked", "Merged"],
        rows: conversion.map(({ arrived, linked, merged }, index) => ({
          label: weeks[index] ?? "",
          values: [arrived, linked, merged],
        })),
      }}
      empty={
        arrived === 0 && (
          <EmptyState icon={IconUserPlus} title="No new users in these weeks">
            Shows how many anonymous users of each week became permanent by linking an identity.
          </EmptyState>
        )
      }
    >
      <StackedBars labels={weeks} series={series} />
    </ChartPanel>
  );
}
