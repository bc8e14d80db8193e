import { Button, Text } from "@mantine/core";
import { IconChartBar, IconTable } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { formatNumber } from "../../parts/numbers.ts";
import { Panel } from "../../parts/panel.tsx";
import { ChartTable, type TableData } from "./chart-table.tsx";
import { Drawing } from "./drawing.tsx";
import classes from "./overview.module.css";
import { fillOf } from "./patterns.tsx";
import { type Series, total } from "./series.ts";

/** A chart with title, summary and legend, which can be switched to a table of the same data. */
export function ChartPanel({
  title,
  summary,
  series = [],
  table,
  empty,
  isWide,
  children,
}: {
  title: string;
  summary: string;
  /** For the legend. Absent where the axis labels suffice. */
  series?: readonly Series[];
  table: TableData;
  /** Replaces the chart when there is no data. */
  empty: ReactNode;
  isWide?: boolean;
  children: ReactNode;
}) {
  const [isTable, setTable] = useState(false);
  return (
    <div className={isWide ? classes.wide : undefined}>
      <Panel
        title={title}
        actions={
          !empty && (
            <Button
              variant="default"
              size="compact-sm"
              leftSection={isTable ? <IconChartBar size={16} /> : <IconTable size={16} />}
              onClick={() => setTable(!isTable)}
              aria-label={`Show as ${isTable ? "chart" : "table"}: ${title}`}
            >
              {isTable ? "Chart" : "Table"}
            </Button>
          )
        }
      >
        {!empty && (
          <Text size="sm" c="dimmed" mb="sm">
            {summary}
          </Text>
        )}
        {empty ||
          (isTable ? (
            <ChartTable title={title} {...table} />
          ) : (
            <>
              <Drawing label={`Chart: ${title}. ${summary}`}>{children}</Drawing>
              <Legend series={series} />
            </>
          ))}
      </Panel>
    </div>
  );
}

const Legend = ({ series }: { series: readonly Series[] }) =>
  series.length > 0 && (
    <ul className={classes.legend}>
      {series.map(({ label, look, values }) => (
        <li key={label}>
          <svg width="14" height="14" className={classes.swatch} aria-hidden="true" focusable="false">
            <title>{label}</title>
            <rect width="14" height="14" fill={fillOf(look)} />
          </svg>
          {label}: {formatNumber(total(values))}
        </li>
      ))}
    </ul>
  );
