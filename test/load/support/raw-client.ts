/** An HTTP/1.1 client that behaves as badly as it is told to: from any loopback address, reading slowly or not at all. */
import { connect, type Socket } from "node:net";

export type Reading = "all" | "slowly" | "never";

interface RawRequest {
  readonly port: number;
  readonly bytes: string | Buffer;
  /** The address that it comes from, such as 127.0.0.7. */
  readonly from?: string;
  readonly reading?: Reading;
  /** How long a connection that does not read, or gets no answer, is kept. */
  readonly seconds?: number;
  readonly signal: AbortSignal;
}

const SLOW_CHUNK_MS = 50;

/** @returns the status, and how many bytes were read; status 0 when the connection ended without an answer */
export function send({
  port,
  bytes,
  from,
  reading = "all",
  seconds = 20,
  signal,
}: RawRequest): Promise<{ status: number; read: number }> {
  return new Promise((resolve) => {
    let status = 0;
    let read = 0;
    let socket: Socket;
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      socket.destroy();
      resolve({ status, read });
    };
    const timer = setTimeout(end, seconds * 1_000);
    socket = connect({ port, host: "127.0.0.1", ...(from && { localAddress: from }) });
    signal.addEventListener("abort", end, { once: true });
    socket.on("error", end).on("close", end);
    socket.on("connect", () => socket.write(bytes));
    if (reading === "never") return void socket.pause();
    socket.on("data", (chunk: Buffer) => {
      read += chunk.length;
      if (status === 0)
        status = Number(/^HTTP\/1\.1 (\d{3})/.exec(chunk.toString("latin1", 0, 12))?.[1] ?? 0);
      if (reading === "slowly") {
        socket.pause();
        setTimeout(() => socket.resume(), SLOW_CHUNK_MS);
      }
    });
  });
}

/** The bytes of a POST. The connection is closed after the answer. */
export function postBytes(
  path: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Buffer {
  const head = [
    `POST ${path} HTTP/1.1`,
    "host: 127.0.0.1",
    "connection: close",
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`);
}
