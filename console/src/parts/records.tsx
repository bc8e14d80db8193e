import { Card, Group, Stack, Table, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import type { ReactNode } from "react";
import classes from "./records.module.css";

export interface RecordColumn<Row> {
  readonly label: string;
  readonly cell: (row: Row) => ReactNode;
  /** What the row is called: it heads its card on a phone. The first column, unless said otherwise. */
  readonly isHeading?: boolean;
}

/** Rows of the same kind: a table where there is room, a card for each where there is not. */
export function Records<Row>({
  label,
  columns,
  rows,
  keyOf,
}: {
  label: string;
  columns: readonly RecordColumn<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
}) {
  const isNarrow = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  const shape = { label, columns, rows, keyOf };
  return isNarrow ? <Cards {...shape} /> : <Rows {...shape} />;
}

type Shape<Row> = Parameters<typeof Records<Row>>[0];

const Rows = <Row,>({ label, columns, rows, keyOf }: Shape<Row>) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than its place is scrolled with the arrow keys
  <section className={classes.scroll} aria-label={label} tabIndex={0}>
    <Table aria-label={label} highlightOnHover verticalSpacing="xs">
      <Table.Thead>
        <Table.Tr>
          {columns.map((column) => (
            <Table.Th key={column.label} scope="col">
              {column.label}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Table.Tr key={keyOf(row)}>
            {columns.map((column) => (
              <Table.Td key={column.label}>{column.cell(row)}</Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  </section>
);

function Cards<Row>({ label, columns, rows, keyOf }: Shape<Row>) {
  const heading = columns.find((column) => column.isHeading) ?? columns[0];
  return (
    <Stack component="ul" gap="sm" p={0} m={0} aria-label={label} className={classes.cards}>
      {rows.map((row) => (
        <Card component="li" key={keyOf(row)} withBorder padding="sm">
          <div>{heading?.cell(row)}</div>
          <dl className={classes.facts}>
            {columns
              .filter((column) => column !== heading)
              .map((column) => (
                <Group key={column.label} component="div" gap="xs" wrap="nowrap" align="baseline">
                  <Text component="dt" size="sm" c="dimmed" w={104} flex="none">
                    {column.label}
                  </Text>
                  <Text component="dd" size="sm" m={0} className={classes.fact}>
                    {column.cell(row)}
                  </Text>
                </Group>
              ))}
          </dl>
        </Card>
      ))}
    </Stack>
  );
}
