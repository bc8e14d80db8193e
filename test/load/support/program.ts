/** The built gateway as a process of its own, with the memory that a small container gives it. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { ADMIN_KEY, MASTER_KEY } from "../../support/gateway.ts";

const main = fileURLToPath(new URL("../../../dist/main.js", import.meta.url));
const probe = new URL("memory-probe.js", import.meta.url).href;

export const HEAP_MB = 768;

export interface Memory {
  readonly heapUsed: number;
  readonly external: number;
  readonly arrayBuffers: number;
  readonly rss: number;
  /** The longest time in which its event loop did nothing else, since the last look. */
  readonly standstillMs: number;
}

export interface Program {
  readonly port: number;
  readonly url: string;
  readonly child: ChildProcess;
  /** Its standard error so far, cut to the last 20,000 characters. */
  log(): string;
  isAlive(): boolean;
  /** After a garbage collection. */
  memory(): Promise<Memory>;
  /** Sends a signal and resolves to the exit code, null when the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts it, and resolves once `/readyz` says yes. */
export async function startProgram(settings: Record<string, string>, port: number): Promise<Program> {
  const child = fork(main, {
    env: {
      PATH: String(process.env.PATH),
      PORT: String(port),
      PUBLIC_URL: "http://localhost:4000",
      MASTER_KEY,
      ADMIN_KEY,
      METRICS_PORT: "off",
      GUEST_PROOF_OF_WORK: "off",
      LOG_LEVEL: "warn",
      ...settings,
    },
    execArgv: [`--max-old-space-size=${HEAP_MB}`, "--expose-gc", "--import", probe],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let said = "";
  child.stderr?.on("data", (text: Buffer) => {
    said = `${said}${text}`.slice(-20_000);
  });
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null;
  const url = `http://127.0.0.1:${port}`;
  for (const deadline = Date.now() + 30_000; ; ) {
    if (!isAlive() || Date.now() > deadline) throw new Error(`The gateway did not start: ${said}`);
    const response = await fetch(`${url}/readyz`).catch(() => null);
    if (response?.ok) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    port,
    url,
    child,
    log: () => said,
    isAlive,
    async memory() {
      const answer = once(child, "message");
      child.send("memory");
      const [memory] = (await answer) as [Memory];
      return memory;
    },
    async end(signal) {
      if (!isAlive()) return child.exitCode;
      const exit = once(child, "exit");
      child.kill(signal);
      const [code] = (await exit) as [number | null];
      return code;
    },
  };
}

/** How long a load lasts: `LOAD_SECONDS`, or what the test does without it. */
export const loadSeconds = (usual: number): number => Number(process.env.LOAD_SECONDS ?? usual);

/** A line for the person who watches. */
export const report = (line: string): void => void process.stderr.write(`${line}\n`);
