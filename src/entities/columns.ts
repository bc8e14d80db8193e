/** Column types that both databases store in the same way. */
import { Column, type ValueTransformer } from "typeorm";

/** Times are whole milliseconds since 1970 in a 64-bit integer, so SQLite and PostgreSQL sort and compare them alike. */
const asMilliseconds: ValueTransformer = {
  to: (value: unknown) => (value instanceof Date ? value.getTime() : value),
  from: (value: number | string | null) => (value === null ? null : new Date(Number(value))),
};

export const TimeColumn = (options: { nullable?: boolean } = {}): PropertyDecorator =>
  Column({ type: "bigint", nullable: options.nullable ?? false, transformer: asMilliseconds });

/** JSON as text: it is never queried, and both databases return it unchanged. */
export const JsonColumn = (options: { nullable?: boolean } = {}): PropertyDecorator =>
  Column({ type: "simple-json", nullable: options.nullable ?? false });
