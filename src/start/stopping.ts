/** SIGTERM and SIGINT: the first lets the gateway stop in order, another one ends the process at once. */
import { constants } from "node:os";
import { isatty } from "node:tty";
import type { Logger } from "pino";

/** How long closing may take when draining is done: nothing healthy needs it. */
const CLOSE_SECONDS = 15;
/** A terminal sends Ctrl+C to npm and to this process, and npm hands it on: that is one signal, not two. */
const ECHO_MS = 250;

const codeOf = (signal: NodeJS.Signals): number => 128 + constants.signals[signal];
const isInTerminal = (): boolean => [0, 1, 2].some((fd) => isatty(fd));

/**
 * To be called before anything else is started: process 1 of a container ignores signals that nobody handles.
 * @returns what to call once there is something to stop
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
      const isImpatient = signal === "SIGINT" && isInTerminal();
      const seconds = isImpatient ? 0 : drainSeconds;
      const since = Date.now();
      onSignal = (next) => {
        if (Date.now() - since < ECHO_MS) return;
        process.stderr.write(`${next} came twice: stopped at once, with requests unanswered.\n`);
        process.exit(codeOf(next));
      };
      log.info({ signal, drainSeconds: seconds }, "draining");
      setTimeout(
        () => {
          log.error("closing takes too long: stopped all the same");
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
