/** Text from outside that both databases can store, and that an index of either has room for. */

/**
 * An index entry of PostgreSQL holds 2,704 bytes at most; this leaves room for what stands beside the text in it. SQLite
 * would take more, and is held to the same.
 */
export const MAX_INDEXED_BYTES = 2_000;

/** ECMAScript 2024, which the types do not know yet; Node has it since 20. */
type WellFormed = string & { isWellFormed(): boolean };

/** PostgreSQL stores neither NUL nor half a surrogate pair. */
export const isStorable = (text: string): boolean =>
  !text.includes("\0") && (text as WellFormed).isWellFormed();

/** Whether an indexed column takes it: at least a character, at most `MAX_INDEXED_BYTES` in UTF-8. */
export const isIndexable = (text: string): boolean =>
  // UTF-8 has at least one byte for each UTF-16 unit, so a megabyte is not encoded to be measured.
  text !== "" &&
  text.length <= MAX_INDEXED_BYTES &&
  Buffer.byteLength(text) <= MAX_INDEXED_BYTES &&
  isStorable(text);

/** What can be stored of a text, for columns that only describe. @param max in UTF-16 units */
export function cleanText(text: string, max: number): string {
  const cut = text.slice(0, max);
  // Nearly every text is clean, and this is asked for every login.
  return isStorable(cut) ? cut : cut.replace(/\0|\p{Cs}/gu, "");
}
