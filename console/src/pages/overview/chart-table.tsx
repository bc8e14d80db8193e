import { Table } from "@mantine/core";
import { formatNumber } from "../../parts/numbers.ts";
import classes from "./overview.module.css";

export interface TableData {
  /** The header of the first column, such as "Day". */
  readonly heading: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly label: string; readonly values: readonly number[] }[];
}

/** The data of a chart as a table. */
export const ChartTable = ({ title, heading, columns, rows }: TableData & { title: string }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
  <section className={classes.table} aria-label={`Table: ${title}`} tabIndex={0}>
    <Table aria-label={title} stickyHeader>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{heading}</Table.Th>
          {columns.map((column) => (
            <Table.Th key={column} scope="col">
              {column}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(({ label, values }) => (
          <Table.Tr key={label}>
            <Table.Th scope="row">{label}</Table.Th>
            {columns.map((column, index) => (
              <Table.Td key={column}>{formatNumber(values[index] ?? 0)}</Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  </section>
);
