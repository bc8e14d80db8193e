import { useLongList } from "./long-list.tsx";
import { type RecordColumn, Records } from "./records.tsx";

/** Records that may be hundreds, searchable by name. */
export function LongRecords<Row extends { readonly id: string; readonly name: string }>({
  label,
  columns,
  rows,
}: {
  label: string;
  columns: readonly RecordColumn<Row>[];
  rows: readonly Row[];
}) {
  const { shown, filter, more } = useLongList(rows, {
    textOf: ({ name }) => name,
    label: `Find among ${label.toLowerCase()}`,
    noun: "key",
  });
  return (
    <>
      {filter}
      <Records label={label} columns={columns} rows={shown} keyOf={({ id }) => id} />
      {more}
    </>
  );
}
