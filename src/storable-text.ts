/** Text from outside that both databases can store, and that an index of either has room for. */

/**
 * An index entry of PostgreSQL holds 2,704 bytes at most; this leaves room for what stands beside the text in it. SQLite
 * would take more, and is held to the same.
 */
export const MAX_INDEXED_BYTES = 2_000;

/** PostgreSQL stores neither NUL nor half a surrogate pair. */
const UNSTORABLE = /\0|\p{Cs}/u;

export const isStorable = (text: string): boolean => !UNSTORABLE.test(text);

/** Whether an indexed column takes it: at least a character, at most `MAX_INDEXED_BYTES` in UTF-8. */
export const isIndexable = (text: string): boolean =>
  // UTF-8 has at least one byte for each UTF-16 unit, so a megabyte is not encoded to be measured.
  text !== "" &&
  text.length <= MAX_INDEXED_BYTES &&
  Buffer.byteLength(text) <= MAX_INDEXED_BYTES &&
  isStorable(text);

/** What can be stored of a text, for columns that only describe. @param max in UTF-16 units */
export const cleanText = (text: string, max: number): string => text.slice(0, max).replace(/\0|\p{Cs}/gu, "");
