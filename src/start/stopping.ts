/** SIGTERM and SIGINT: the first stops the gateway gracefully, the second ends the process at once. */
import { constants } from "node:os";
import { isatty } from "node:tty";
import type { Logger } from "pino";

/** The maximum time for closing after draining. It normally takes much less. */
const CLOSE_SECONDS = 15;
/** Under npm, Ctrl+C arrives twice, from the terminal and from npm. Within this time it counts once. */
const ECHO_MS = 250;

const codeOf = (signal: NodeJS.Signals): number => 128 + constants.signals[signal];
const isInTerminal = (): boolean => [0, 1, 2].some((fd) => isatty(fd));

/**
 * Must be called first: as process 1 of a container, the program would ignore signals without a handler.
 * @returns to be called when the gateway has started
 */
export function handleSignals(): (app: {
  log: Logger;
  drainSeconds: number;
  stop(options: { drainSeconds: number }): Promise<void>;
}) => void {
  let onSignal: (signal: NodeJS.Signals) => void = (signal) => process.exit(codeOf(signal));
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => onSignal(signal));

  return ({ log, drainSeconds, stop }) => {
    onSignal = (signal) => {
      const isCtrlC = signal === "SIGINT" && isInTerminal();
      const seconds = isCtrlC ? 0 : drainSeconds;
      const since = Date.now();
      onSignal = (next) => {
        if (Date.now() - since < ECHO_MS) return;
        process.stderr.write(
          `Received a second signal (${next}): stopped at once, without answering open requests.\n`,
        );
        process.exit(codeOf(next));
      };
      log.info({ signal, drainSeconds: seconds }, "draining");
      setTimeout(
        () => {
          log.error("closing timed out: exiting with open requests");
          process.exit(1);
        },
        (seconds + CLOSE_SECONDS) * 1_000,
      ).unref();
      stop({ drainSeconds: seconds }).then(
        () => {
          log.info("stopped");
          process.exit(0);
        },
        (error: unknown) => {
          log.error({ err: error }, "stopping failed");
          process.exit(1);
        },
      );
    };
  };
}
