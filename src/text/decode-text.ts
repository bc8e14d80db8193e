/** Text files as editors of every system save them. */

type Encoding = "utf-8" | "utf-16le" | "utf-16be";

/**
 * Reads UTF-8 and UTF-16, with or without a byte order mark.
 * @returns null when the bytes are neither, such as Latin-1, UTF-32 or no text
 */
export function decodeText(bytes: Uint8Array): string | null {
  try {
    // Takes the mark off.
    const text = new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
    return text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}

function encodingOf(bytes: Uint8Array): Encoding {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  // Without a mark: the names of settings are ASCII, so in UTF-16 every other byte is zero at the beginning.
  if (first !== 0 && second === 0 && bytes[2] !== 0) return "utf-16le";
  if (first === 0 && second !== 0) return "utf-16be";
  return "utf-8";
}
