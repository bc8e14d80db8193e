import { Card, Group, Stack, Text } from "@mantine/core";
import type { RecordShape } from "../records.tsx";
import { DetailToggle, useDetails } from "./details.tsx";
import classes from "./records.module.css";

export function RecordCards<Row>({ label, columns, rows, keyOf, detail }: RecordShape<Row>) {
  const [heading, ...facts] = columns;
  const details = useDetails();
  return (
    <Stack component="ul" gap="sm" p={0} m={0} aria-label={label} className={classes.cards}>
      {rows.map((row) => {
        const { isOpen, id, toggle } = details.of(keyOf(row));
        return (
          <Card component="li" key={keyOf(row)} withBorder padding="sm">
            <Group justify="space-between" wrap="nowrap">
              <div className={classes.fact}>{heading?.cell(row)}</div>
              {detail && <DetailToggle isOpen={isOpen} id={id} toggle={toggle} />}
            </Group>
            <dl className={classes.facts}>
              {facts.map(({ label, cell }) => (
                <div key={label} className={classes.line}>
                  <Text component="dt" size="sm" c="dimmed">
                    {label}
                  </Text>
                  <Text component="dd" size="sm" m={0} className={classes.fact}>
                    {cell(row)}
                  </Text>
                </div>
              ))}
            </dl>
            {detail && isOpen && (
              <div id={id} className={classes.fact}>
                {detail(row)}
              </div>
            )}
          </Card>
        );
      })}
    </Stack>
  );
}
