import { useMediaQuery } from "@mantine/hooks";
import type { ReactNode } from "react";
import { RecordCards } from "./records/record-cards.tsx";
import { RecordTable } from "./records/record-table.tsx";

export interface RecordColumn<Row> {
  readonly label: string;
  readonly cell: (row: Row) => ReactNode;
  /** Never wraps, such as a time or an id. */
  readonly isShort?: boolean;
}

/** A list of records: a table on wide screens, cards on narrow ones. */
export function Records<Row>({
  label,
  columns,
  rows,
  keyOf,
  detail,
}: {
  label: string;
  /** The first column identifies the row and heads its card. */
  columns: readonly RecordColumn<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  /** Expandable details of a row. */
  detail?: (row: Row) => ReactNode;
}) {
  const isNarrow = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  const shape = { label, columns, rows, keyOf, ...(detail && { detail }) };
  return isNarrow ? <RecordCards {...shape} /> : <RecordTable {...shape} />;
}

export type RecordShape<Row> = Parameters<typeof Records<Row>>[0];
