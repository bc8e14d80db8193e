/** Runs work that ends early, and not with an error, at Ctrl+C and SIGTERM. A second one ends the process at once. */
export async function untilStopped<T>(work: (stopped: AbortSignal) => Promise<T>): Promise<T> {
  const stopping = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    release();
    // After the ^C that the terminal shows.
    if (signal === "SIGINT" && process.stderr.isTTY) process.stderr.write("\n");
    stopping.abort();
  };
  const release = (): void => {
    process.off("SIGINT", stop).off("SIGTERM", stop);
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  try {
    return await work(stopping.signal);
  } finally {
    release();
  }
}
