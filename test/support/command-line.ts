/** The built command line: what it prints, and its exit code. */
import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect } from "@jest/globals";

const HOST = fileURLToPath(new URL("command-host.js", import.meta.url));
const PROGRAM = resolve("dist/commands/program.js");
/** Printed after a command, where its process would end. */
const END = randomUUID();
const MAX_MS = 60_000;

export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const hosts = new Set<ChildProcess>();
const idle: ChildProcess[] = [];
afterAll(() => {
  for (const host of hosts) host.kill("SIGKILL");
});

function startHost(): ChildProcess {
  const host = fork(HOST, [PROGRAM, END], {
    execArgv: [],
    env: { PATH: process.env.PATH },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  hosts.add(host);
  return host;
}

/** Resolves to the text before END, or to all of it when the process ends before. */
function read(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = "";
  return new Promise((resolve) => {
    const finish = (): void => {
      stream?.off("data", add).off("close", finish);
      resolve(text.replace(END, ""));
    };
    const add = (chunk: string): void => {
      text += chunk;
      if (text.endsWith(END)) finish();
    };
    stream?.setEncoding("utf8").on("data", add).on("close", finish);
  });
}

/**
 * Runs `passerby` with these words, in a process that has run commands before unless none is idle.
 * @param options.env all of its environment but PATH
 */
export async function runCommand(
  words: readonly string[],
  { env, cwd = process.cwd() }: { env: Record<string, string | undefined>; cwd?: string },
): Promise<Finished> {
  const host = idle.pop() ?? startHost();
  const ended = new AbortController();
  const status = Promise.race([
    once(host, "message", ended).then(([message]) => Number(message.status)),
    once(host, "close", ended).then(([code]) => code as number | null),
  ]);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    host.kill("SIGKILL");
  }, MAX_MS);
  host.send({ words, cwd, env: { PATH: process.env.PATH, ...env } });
  const [stdout, stderr] = await Promise.all([read(host.stdout), read(host.stderr)]);
  const finished = { status: await status, stdout, stderr };
  clearTimeout(timer);
  ended.abort();
  if (host.exitCode === null && host.signalCode === null) idle.push(host);
  else hosts.delete(host);
  if (isLate) throw new Error(`passerby ${words.join(" ")} did not end: ${stdout}${stderr}`);
  expect(stderr).not.toMatch(/\n\s+at /);
  return finished;
}
