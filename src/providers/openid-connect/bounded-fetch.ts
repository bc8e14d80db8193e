/** Answers of providers are small. */
const MOST_BYTES = 524_288;
export const TIMEOUT_SECONDS = 5;

/**
 * `fetch` for answers of others: it follows no redirect and reads no more than half a megabyte. Whoever calls it
 * brings the signal that ends it, or it ends after five seconds.
 */
export async function boundedFetch(address: string, options: RequestInit = {}): Promise<Response> {
  const signal = options.signal ?? AbortSignal.timeout(TIMEOUT_SECONDS * 1_000);
  const response = await fetch(address, { ...options, signal, redirect: "manual" });
  const { status, headers } = response;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MOST_BYTES) throw new Error(`${address} answers with more than ${MOST_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return new Response(bytes === 0 ? null : Buffer.concat(chunks), { status, headers });
}
