import { useMediaQuery } from "@mantine/hooks";
import type { ReactNode } from "react";
import { RecordCards } from "./records/record-cards.tsx";
import { RecordTable } from "./records/record-table.tsx";

export interface RecordColumn<Row> {
  readonly label: string;
  readonly cell: (row: Row) => ReactNode;
  /** It is read as one, such as a time or an id: it stays on one line. */
  readonly isShort?: boolean;
}

/** Rows of the same kind: a table where there is room, a card for each where there is not. */
export function Records<Row>({
  label,
  columns,
  rows,
  keyOf,
  detail,
}: {
  label: string;
  /** The first says which row it is: it heads the card. */
  columns: readonly RecordColumn<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  /** More of a row, for whoever asks for it. */
  detail?: (row: Row) => ReactNode;
}) {
  const isNarrow = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  const shape = { label, columns, rows, keyOf, ...(detail && { detail }) };
  return isNarrow ? <RecordCards {...shape} /> : <RecordTable {...shape} />;
}

export type RecordShape<Row> = Parameters<typeof Records<Row>>[0];
