/** The built gateway as a process: what it prints, what it rejects, and how it ends. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect } from "@jest/globals";

const MAIN = resolve("dist/main.js");

const environment = (settings: Record<string, string>): Record<string, string> => ({
  PATH: String(process.env.PATH),
  PORT: "0",
  METRICS_PORT: "off",
  LOG_LEVEL: "warn",
  RATE_LIMITS: "off",
  GUEST_PROOF_OF_WORK: "off",
  DRAIN_SECONDS: "0",
  ...settings,
});

export interface GatewayProcess {
  readonly child: ChildProcess;
  readonly url: string;
  /** Standard error until it was ready. */
  readonly banner: string;
  /** Standard output so far. */
  output(): string;
  /** Sends a signal and resolves to the exit code, null when the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

const children: ChildProcess[] = [];
const folders: string[] = [];

/** Resolves when it says where it listens. */
export function startProcess(
  settings: Record<string, string>,
  { cwd }: { cwd?: string } = {},
): Promise<GatewayProcess> {
  const child = spawn(process.execPath, [MAIN], {
    env: environment(settings),
    stdio: ["ignore", "pipe", "pipe"],
    ...(cwd !== undefined && { cwd }),
  });
  children.push(child);
  let output = "";
  child.stdout?.on("data", (chunk) => {
    output += chunk;
  });
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    // After its last output.
    const exit = once(child, "close");
    child.kill(signal);
    return (await exit)[0] as number | null;
  };
  return new Promise((resolve, reject) => {
    let banner = "";
    child.stderr?.on("data", (chunk) => {
      banner += chunk;
      const url = /Graph +(http:\S+)\/graphql[\s\S]*\n\n$/.exec(banner)?.[1];
      if (url) resolve({ child, url, banner, output: () => output, end });
    });
    child.once("exit", (code) => reject(new Error(`exit ${code}: ${banner}`)));
  });
}

/** What it prints when it does not start; never a stack trace. */
export function rejectionOf(
  settings: Record<string, string>,
  options: { cwd?: string; uid?: number; gid?: number } = {},
): string {
  const { status, stderr } = spawnSync(process.execPath, [MAIN], {
    env: environment(settings),
    encoding: "utf8",
    timeout: 60_000,
    ...options,
  });
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(status).toBe(1);
  return stderr;
}

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "passerby-process-"));
  folders.push(folder);
  return folder;
}

/** For `afterEach`. */
export function endProcesses(): void {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}
