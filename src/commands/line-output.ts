import { once } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";

/**
 * Writes to standard output until `lines` ends, or until its reader ends: `… | head` closes the pipe early, which is
 * no error.
 * @param lines gets a signal that is aborted when the pipe was closed
 */
export async function writeLines(lines: (closed: AbortSignal) => AsyncIterable<string>): Promise<void> {
  const { stdout } = process;
  const closing = new AbortController();
  const { signal } = closing;
  const onError = (error: NodeJS.ErrnoException): void => {
    if (error.code !== "EPIPE" && !signal.aborted) throw error;
    closing.abort();
  };
  stdout.on("error", onError);
  try {
    for await (const line of lines(signal)) {
      if (!stdout.write(line)) await once(stdout, "drain", { signal }).catch(() => {});
      if (signal.aborted) break;
    }
    await new Promise((resolve) => stdout.write("", resolve));
    // The error of a write is emitted after its callback.
    await nextTurn();
  } finally {
    stdout.off("error", onError);
  }
}
