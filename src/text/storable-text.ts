/** Text that both databases can store and index. */

/**
 * An index entry of PostgreSQL has at most 2,704 bytes; this leaves room for other columns. The same limit applies on SQLite,
 * which has none.
 */
export const MAX_INDEXED_BYTES = 2_000;

/** ECMAScript 2024: in Node since 20, not yet in the types. */
type WellFormed = string & { isWellFormed(): boolean };

/** PostgreSQL cannot store NUL and lone surrogates. */
export const isStorable = (text: string): boolean =>
  !text.includes("\0") && (text as WellFormed).isWellFormed();

/** Whether an indexed column can store it: not empty, at most `MAX_INDEXED_BYTES` in UTF-8. */
export const isIndexable = (text: string): boolean =>
  // UTF-8 has at least one byte per UTF-16 unit, so a long text is rejected without encoding it.
  text !== "" &&
  text.length <= MAX_INDEXED_BYTES &&
  Buffer.byteLength(text) <= MAX_INDEXED_BYTES &&
  isStorable(text);

/** Truncates a text and removes what cannot be stored, for descriptive columns. @param max in UTF-16 units */
export function cleanText(text: string, max: number): string {
  const cut = text.slice(0, max);
  // Hot path: nearly every text is storable.
  return isStorable(cut) ? cut : cut.replace(/\0|\p{Cs}/gu, "");
}
