import { formatNumber } from "./numbers.ts";

/** A count with its noun, such as "1 user" or "3,925 users". */
export const plural = (count: number, one: string, many: string = `${one}s`): string =>
  `${formatNumber(count)} ${count === 1 ? one : many}`;
