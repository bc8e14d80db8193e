/** Decodes text files in the encodings that editors save. */

type Encoding = "utf-8" | "utf-16le" | "utf-16be";

/**
 * Reads UTF-8 and UTF-16, with or without a byte order mark.
 * @returns null for other encodings, such as Latin-1 or UTF-32, and for binary data
 */
export function decodeText(bytes: Uint8Array): string | null {
  try {
    // TextDecoder removes the byte order mark.
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
  // Without a byte order mark: names of settings are ASCII, so in UTF-16 every other byte at the beginning is zero.
  if (first !== 0 && second === 0 && bytes[2] !== 0) return "utf-16le";
  if (first === 0 && second !== 0) return "utf-16be";
  return "utf-8";
}
