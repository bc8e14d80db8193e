/** The programs of a page of docs/, run as they stand in a project that installed the packed package. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { freePort } from "./free-port.ts";
import { installPackage, type Project } from "./packed-package.ts";

export interface Program {
  readonly url: string;
  /** What it printed so far. */
  printed(): string;
}

export interface PagePrograms {
  readonly names: readonly string[];
  /** Starts a program, until it says that it is ready. */
  start(name: string, variables: Record<string, string>): Promise<Program>;
  /** Runs a program to its end. */
  run(name: string, variables: Record<string, string>): Promise<{ status: number | null; output: string }>;
  /** Runs a program of tests. */
  runTests(name: string): { status: number | null; passed: number; failed: number };
  stop(): void;
}

/** Less than a test may take, so that a program that hangs is named with what it printed. */
const MAX_START_MS = 40_000;

export const readPage = (name: string): string =>
  readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8");

/** The blocks of one language, in their order. */
export const blocksOf = (page: string, language: string): string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].map(([, text]) =>
    String(text),
  );

/** @param dependencies what the programs import besides the package */
export function installPrograms(page: string, dependencies: readonly string[]): PagePrograms {
  const project: Project = installPackage(dependencies);
  const running: ChildProcess[] = [];
  const names = blocksOf(page, "js").flatMap((text) => {
    const name = /^\/\/ (\S+)\n/.exec(text)?.[1];
    if (!name) return [];
    project.write(name, text);
    return [name];
  });
  const spawnProgram = (name: string, variables: Record<string, string>) => {
    const child = spawn(process.execPath, [name], {
      cwd: project.folder,
      env: { ...process.env, NODE_OPTIONS: "", ...variables },
    });
    running.push(child);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (text) => {
        output += text;
      });
    }
    return { child, printed: () => output };
  };
  return {
    names,
    async start(name, variables) {
      const port = await freePort();
      const { child, printed } = spawnProgram(name, { PORT: String(port), ...variables });
      await new Promise<void>((resolve, reject) => {
        const fail = (what: string): void => reject(new Error(`${name} ${what}: ${printed()}`));
        const timer = setTimeout(() => fail("is not ready"), MAX_START_MS);
        // A program may print more than this line, and in pieces.
        child.stdout.on("data", () => {
          if (!/^ready/m.test(printed())) return;
          clearTimeout(timer);
          resolve();
        });
        child.once("exit", () => {
          clearTimeout(timer);
          fail("ended");
        });
      });
      // Not localhost: under load Node 20 may give up on its first address (autoSelectFamily) and never answer.
      return { url: `http://127.0.0.1:${variables.PORT ?? port}`, printed };
    },
    run(name, variables) {
      const { child, printed } = spawnProgram(name, variables);
      return new Promise((resolve) => {
        child.once("close", (status) => resolve({ status, output: printed() }));
      });
    },
    runTests(name) {
      const { status, stdout } = spawnSync(process.execPath, ["--test", name], {
        cwd: project.folder,
        encoding: "utf8",
        env: { ...process.env, NODE_OPTIONS: "" },
      });
      const count = (word: string): number => Number(new RegExp(`${word} (\\d+)`).exec(stdout)?.[1]);
      return { status, passed: count("pass"), failed: count("fail") };
    },
    stop() {
      for (const child of running) child.kill();
      project.remove();
    },
  };
}
