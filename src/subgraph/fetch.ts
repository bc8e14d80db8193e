/** The part of `fetch` that is used. The global `fetch` fits. */
export type Fetch = (
  url: string,
  init: {
    method: string;
    headers: Record<string, string>;
    body?: string;
    redirect: "error";
    signal: AbortSignal;
  },
) => Promise<{
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /** If present, it is read up to a limit; otherwise `text()` is used. */
  readonly body?: { getReader(): BodyReader } | null;
  json(): Promise<unknown>;
  text(): Promise<string>;
}>;

interface BodyReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
  cancel(): Promise<unknown>;
}

export interface Answer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly text: string;
}

const TIMEOUT_MS = 5_000;
/** Decompressed. Keys and introspection responses are far smaller. */
const MAX_BYTES = 262_144;
/** The revocation list has up to about 400 kB. */
export const MAX_LIST_BYTES = 4_194_304;

/**
 * Sends a request to the gateway. The gateway never redirects and has small, fast responses, so redirects, a timeout and
 * large responses are errors.
 */
export async function request(
  fetch: Fetch,
  url: string,
  {
    maxBytes = MAX_BYTES,
    ...init
  }: { method?: string; headers?: Record<string, string>; body?: string; maxBytes?: number } = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: "GET",
    headers: {},
    ...init,
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const { status, headers, body } = response;
  return { status, headers, text: body ? await read(body.getReader(), maxBytes) : await response.text() };
}

async function read(reader: BodyReader, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
    bytes += value?.byteLength ?? 0;
    if (bytes > maxBytes) {
      await reader.cancel();
      throw new Error(`the response is larger than ${maxBytes} bytes`);
    }
    text += decoder.decode(value, { stream: true });
  }
  return text + decoder.decode();
}
