/** The environment of a measurement: a folder, servers as child processes, and the load. Removed at the end. */
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const START_SECONDS = 30;
const STOP_SECONDS = 20;
const TMPFS = 0x01021994;
const file = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));

/**
 * @typedef {object} Options
 * @property {number} rounds
 * @property {number} seconds of one round
 * @property {number} connections
 * @property {boolean} peers
 * @property {string | undefined} against a checkout of another version, built
 *
 * @typedef {object} Server
 * @property {number} port
 * @property {() => Promise<number>} cpuMicroseconds that it has used so far
 * @property {() => Promise<number>} heapMegabytes after garbage collection, 1 MB = 2^20 bytes
 * @property {() => Promise<void>} stop
 *
 * @typedef {Awaited<ReturnType<typeof openStage>>} Stage
 */

export async function openStage(/** @type {Options} */ options) {
  const folder = mkdtempSync(join(tmpdir(), "passerby-bench-"));
  chmodSync(folder, 0o755);
  /** @type {(() => unknown)[]} */
  const endings = [() => rmSync(folder, { recursive: true, force: true })];
  const loadProcess = fork(file("load.js"), { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  endings.push(() => loadProcess.kill());

  return {
    options,
    folder,
    /** Databases should be on a disk, where `fsync` takes time. */
    isInMemory: statfsSync(folder).type === TMPFS,

    /** A folder of its own inside the stage. */
    subfolder(/** @type {string} */ name) {
      const path = mkdtempSync(join(folder, `${name}-`));
      chmodSync(path, 0o755);
      return path;
    },

    /** Registers a cleanup step. */
    atEnd(/** @type {() => unknown} */ ending) {
      endings.push(ending);
    },

    /** Runs a program until it exits. */
    async runToEnd(/** @type {string} */ script, /** @type {string[]} */ args, env = {}) {
      const child = spawn(process.execPath, [script, ...args], { env: cleanEnvironment(env), stdio: "pipe" });
      let said = "";
      child.stdout.on("data", (text) => (said += text));
      child.stderr.on("data", (text) => (said += text));
      const [code] = await once(child, "exit");
      if (code !== 0) throw new Error(`${script} ${args.join(" ")} ended with ${code}:\n${said}`);
    },

    /** @returns {Promise<Server>} a server that is ready */
    async startServer(/** @type {string} */ script, env = {}) {
      const port = await freePort();
      const child = fork(script, {
        env: cleanEnvironment({ METRICS_PORT: "off", DRAIN_SECONDS: "0", ...env, PORT: String(port) }),
        execArgv: ["--import", new URL("probe.js", import.meta.url).href],
        stdio: ["ignore", "ignore", "pipe", "ipc"],
      });
      let said = "";
      child.stderr?.on("data", (text) => (said = `${said}${text}`.slice(-4_000)));
      const stop = async () => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const timer = setTimeout(() => child.kill("SIGKILL"), STOP_SECONDS * 1_000);
        const ended = once(child, "exit");
        child.kill("SIGTERM");
        await ended;
        clearTimeout(timer);
      };
      endings.push(stop);
      const report = (/** @type {string} */ what) => askChild(child, what, () => `${script} ended:\n${said}`);
      await untilAnswering(port, () => {
        if (child.exitCode !== null) throw new Error(`${script} ended with ${child.exitCode}:\n${said}`);
      });
      return {
        port,
        stop,
        cpuMicroseconds: async () => (await report("usage")).cpuMicroseconds,
        heapMegabytes: async () => (await report("heap")).heapMegabytes,
      };
    },

    /** @returns {Promise<import("./load.js").Load>} */
    async load(/** @type {Omit<import("./load.js").Order, "connections">} */ order) {
      const { load, error } = await askChild(
        loadProcess,
        { connections: options.connections, ...order },
        () => "The load generator ended.",
      );
      if (error) throw new Error(error);
      return load;
    },

    async close() {
      for (const ending of endings.reverse()) await ending();
    },
  };
}

/** @returns {Promise<any>} the next message of the child */
async function askChild(
  /** @type {import("node:child_process").ChildProcess} */ child,
  question,
  /** @type {() => string} */ whenGone,
) {
  const over = new AbortController();
  try {
    const gone = once(child, "exit", over).then(() => {
      throw new Error(whenGone());
    });
    const answer = once(child, "message", over);
    child.send(question);
    const [message] = await Promise.race([answer, gone]);
    return message;
  } finally {
    over.abort();
  }
}

/** Without the settings of the shell that runs this. */
export function cleanEnvironment(/** @type {Record<string, string>} */ own) {
  const { PATH = "", HOME = "", TMPDIR = "", BENCH_NODE_OPTIONS } = process.env;
  return {
    PATH,
    HOME,
    ...(TMPDIR && { TMPDIR }),
    ...(BENCH_NODE_OPTIONS && { NODE_OPTIONS: BENCH_NODE_OPTIONS }),
    NODE_ENV: "production",
    ...own,
  };
}

/** @returns {Promise<number>} */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  server.close();
  await once(server, "close");
  return port;
}

/** Any response counts. */
async function untilAnswering(/** @type {number} */ port, /** @type {() => void} */ check) {
  const deadline = Date.now() + START_SECONDS * 1_000;
  for (;;) {
    check();
    try {
      await fetch(`http://127.0.0.1:${port}/livez`, { signal: AbortSignal.timeout(2_000) });
      return;
    } catch (cause) {
      if (Date.now() > deadline) {
        throw new Error(`A server did not answer within ${START_SECONDS} s.`, { cause });
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
