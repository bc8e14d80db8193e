/**
 * Reads a body up to a limit.
 * @returns null when it is larger; the rest is then left unread
 */
export async function readBytes(
  body: AsyncIterable<Uint8Array> | null,
  maxBytes: number,
): Promise<Uint8Array | null> {
  if (body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Not `for await`: leaving it would destroy the connection before it is answered.
  const iterator = body[Symbol.asyncIterator]();
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    length += next.value.length;
    if (length > maxBytes) return null;
    chunks.push(next.value);
  }
  return concatenate(chunks);
}

/** The bytes that a body parser kept; null when it kept none. */
export function keptBytes(body: unknown): Uint8Array | null {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return bytes instanceof Uint8Array ? bytes : null;
}

export function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
