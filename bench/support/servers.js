/** Servers as child processes, each on a port and in a folder of its own; all of them end with the bench. */
import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";

/**
 * @typedef {object} Server
 * @property {number} port
 * @property {number} pid
 * @property {() => Promise<void>} stop
 */

const START_SECONDS = 60;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** @returns {Promise<number>} */
const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });

/** @param {{ gateway: string }} options the gateway's main.js */
export function createServers({ gateway }) {
  const folder = mkdtempSync(join(tmpdir(), "passerby-bench-"));
  /** @type {Set<Server>} */
  const running = new Set();
  let files = 0;
  /** @type {string | undefined} */
  let schema;

  const newFile = () => join(folder, `${++files}.sqlite`);

  /** @param {string} script @param {Record<string, string>} environment @param {string[]} [execArgv] */
  const start = async (script, environment, execArgv = []) => {
    const port = await freePort();
    const child = fork(script, {
      env: { ...process.env, NODE_ENV: "production", HOST: "127.0.0.1", PORT: String(port), ...environment },
      execArgv,
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    let said = "";
    child.stderr?.on("data", (text) => {
      said = (said + text).slice(-4_000);
    });
    const gone = new Promise((resolve) => child.once("exit", resolve));
    /** @type {Server} */
    const server = {
      port,
      pid: Number(child.pid),
      stop: async () => {
        running.delete(server);
        child.kill("SIGTERM");
        await gone;
      },
    };
    running.add(server);
    const deadline = Date.now() + START_SECONDS * 1_000;
    while (!(await isReady(port))) {
      if (child.exitCode !== null) throw new Error(`${script} ended at start:\n${said}`);
      if (Date.now() > deadline) throw new Error(`${script} is not ready after ${START_SECONDS} s:\n${said}`);
      await sleep(20);
    }
    return server;
  };

  /** @param {{ databaseUrl?: string, execArgv?: string[] }} [options] */
  const startGateway = ({ databaseUrl = `sqlite:${newFile()}`, execArgv } = {}) =>
    start(gateway, gatewayEnvironment(databaseUrl), execArgv);

  /** The statements that make the gateway's tables and indexes, from a file that it migrated. */
  const gatewaySchema = async () => {
    if (schema !== undefined) return schema;
    const file = newFile();
    await (await startGateway({ databaseUrl: `sqlite:${file}` })).stop();
    const database = new Database(file, { readonly: true });
    const rows = /** @type {{ sql: string }[]} */ (
      database
        .prepare("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
        .all()
    );
    database.close();
    schema = rows.map(({ sql }) => `${sql};`).join("\n");
    return schema;
  };

  /** @returns {Promise<string>} a database file with the gateway's tables, empty */
  const emptyDatabase = async () => {
    const statements = await gatewaySchema();
    const file = newFile();
    new Database(file).exec(statements).close();
    return file;
  };

  return {
    folder,
    newFile,
    gatewayScript: gateway,
    gateway: startGateway,
    floor: async () => start(here("../servers/floor.js"), { DATABASE_FILE: await emptyDatabase() }),
    apollo: () => start(here("../servers/apollo.js"), {}),
    betterAuth: () => start(here("../peers/better-auth.js"), { DATABASE_FILE: newFile() }),
    stopAll: async () => {
      await Promise.all([...running].map((server) => server.stop()));
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** @typedef {ReturnType<typeof createServers>} Servers */

/** @param {string} databaseUrl */
export const gatewayEnvironment = (databaseUrl) => ({
  DATABASE_URL: databaseUrl,
  RATE_LIMITS: "off",
  LOG_LEVEL: "warn",
  MASTER_KEY: "the master key of a benchmark, no secret",
  ADMIN_KEY: "the admin key of a benchmark, no secret",
});

/** @param {number} port */
const isReady = (port) =>
  fetch(`http://127.0.0.1:${port}/readyz`, { headers: { connection: "close" } }).then(
    async (response) => {
      await response.arrayBuffer();
      return response.status === 200;
    },
    () => false,
  );
