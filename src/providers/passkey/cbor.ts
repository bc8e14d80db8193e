/** Far more than attestations need. */
const MAX_DEPTH = 16;
/** Bytes of the number behind the first byte, by its lower five bits; beyond: reserved, or indefinite, which CTAP2 forbids. */
const SIZES = [1, 2, 4, 8];

/**
 * Finds the end of a CBOR item (RFC 8949 §3). SimpleWebAuthn's decoder stops where the bytes stop, so that a text may claim
 * more than there is.
 * @throws Error when the item is not well-formed
 */
export function findItemEnd(bytes: Uint8Array, start = 0, depth = 0): number {
  const first = bytes[start] ?? 0;
  const [type, info] = [first >> 5, first & 31];
  const size = info < 24 ? 0 : (SIZES[info - 24] ?? NaN);
  let end = start + 1 + size;
  if (depth > MAX_DEPTH || !(end <= bytes.length)) throw new Error("The CBOR is not well-formed.");
  const value = size === 0 ? info : numberOf(bytes.subarray(start + 1, end));
  const [length, items] = [type === 2 || type === 3 ? value : 0, [value, 2 * value, 1][type - 4] ?? 0];
  for (let item = 0; item < items; item++) end = findItemEnd(bytes, end, depth + 1);
  if (end + length > bytes.length) throw new Error("The CBOR claims more than there is.");
  return end + length;
}

const numberOf = (bytes: Uint8Array): number => bytes.reduce((value, byte) => value * 256 + byte, 0);
