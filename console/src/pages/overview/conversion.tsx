import { IconUserPlus } from "@tabler/icons-react";
import type { OverviewQuery } from "../../graphql/graphql.ts";
import { EmptyState } from "../../parts/empty-state.tsx";
import { formatPart } from "../../parts/numbers.ts";
import { plural } from "../../parts/plural.ts";
import { formatDay } from "../../parts/utc-day.ts";
import { ChartPanel } from "./chart-panel.tsx";
import { LEFT_OVER, type Series, total } from "./series.ts";
import { StackedBars } from "./stacked-bars.tsx";

/** Whether the passers-by of a week have become known since. */
export function Conversion({ conversion }: { conversion: OverviewQuery["statistics"]["conversion"] }) {
  const arrived = total(conversion.map(({ arrived }) => arrived));
  const known = total(conversion.map(({ linked, merged }) => linked + merged));
  const weeks = conversion.map(({ weekOf }) => formatDay(weekOf));
  const series: readonly Series[] = [
    { label: "linked an identity", look: 0, values: conversion.map(({ linked }) => linked) },
    { label: "merged into another user", look: 1, values: conversion.map(({ merged }) => merged) },
    {
      label: "did not become known",
      look: LEFT_OVER,
      values: conversion.map(({ arrived, linked, merged }) => Math.max(0, arrived - linked - merged)),
    },
  ];
  return (
    <ChartPanel
      title="Anonymous users becoming known"
      summary={`${formatPart(known, arrived)} of ${plural(arrived, "anonymous user")} who arrived in these weeks became known by today.`}
      series={series}
      table={{
        heading: "Week of arrival",
        columns: ["Arrived", "Linked", "Merged"],
        rows: conversion.map(({ arrived, linked, merged }, index) => ({
          label: weeks[index] ?? "",
          values: [arrived, linked, merged],
        })),
      }}
      empty={
        arrived === 0 && (
          <EmptyState icon={IconUserPlus} title="Nobody arrived in these weeks">
            Once visitors log in anonymously, this shows how many of each week stay, by linking an identity.
          </EmptyState>
        )
      }
    >
      <StackedBars labels={weeks} series={series} />
    </ChartPanel>
  );
}
