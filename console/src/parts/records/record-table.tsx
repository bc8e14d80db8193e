import { Box, Table } from "@mantine/core";
import { Fragment } from "react";
import type { RecordShape } from "../records.tsx";
import { DetailToggle, useDetails } from "./details.tsx";
import classes from "./records.module.css";

export function RecordTable<Row>({ label, columns, rows, keyOf, detail }: RecordShape<Row>) {
  const details = useDetails();
  return (
    // Focusable, so that the arrow keys scroll a table that is too wide. Not a landmark: its panel is one of the same name.
    <Box role="group" className={classes.scroll} aria-label={`${label}, scrollable`} tabIndex={0}>
      <Table aria-label={label} highlightOnHover verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            {columns.map(({ label }) => (
              <Table.Th key={label} scope="col">
                {label}
              </Table.Th>
            ))}
            {detail && <Table.Th scope="col">Details</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => {
            const { isOpen, id, toggle } = details.of(keyOf(row));
            return (
              <Fragment key={keyOf(row)}>
                <Table.Tr>
                  {columns.map(({ label, cell, isShort }) => (
                    <Table.Td key={label} className={isShort ? classes.short : undefined}>
                      {cell(row)}
                    </Table.Td>
                  ))}
                  {detail && (
                    <Table.Td>
                      <DetailToggle isOpen={isOpen} id={id} toggle={toggle} />
                    </Table.Td>
                  )}
                </Table.Tr>
                {detail && isOpen && (
                  <Table.Tr id={id}>
                    <Table.Td colSpan={columns.length + 1}>{detail(row)}</Table.Td>
                  </Table.Tr>
                )}
              </Fragment>
            );
          })}
        </Table.Tbody>
      </Table>
    </Box>
  );
}
