/** The benchmarks: `node bench/run.js --help`. Each question is a file of its own beside this one. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { printHeading, printResult } from "./support/print.js";
import { createServers } from "./support/servers.js";

const questions = ["anonymous-logins", "me", "refresh", "postgres", "big-table", "start"];

const help = `Usage: node bench/run.js [options]

  --only <name>        one question: ${questions.join(", ")}
  --peers              also compare with better-auth (runs npm ci in bench/peers the first time)
  --rounds <count>     alternating rounds, of which the medians are shown (3)
  --seconds <count>    how long each side is measured in each round (3)
  --connections <n>    keep-alive connections, one request at a time on each (16)
  --gateway <file>     the gateway's main.js (dist/main.js)
  --json               print one JSON document instead of tables
  --help               print this

Build the gateway first: npm run build:gateway`;

const count = (name, text) => {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`--${name} needs a number above 0.`);
  return value;
};

function readOptions() {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      peers: { type: "boolean", default: false },
      rounds: { type: "string", default: "3" },
      seconds: { type: "string", default: "3" },
      connections: { type: "string", default: "16" },
      gateway: { type: "string", default: fileURLToPath(new URL("../dist/main.js", import.meta.url)) },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.only !== undefined && !questions.includes(values.only)) {
    throw new Error(`There is no question ${values.only}: ${questions.join(", ")}.`);
  }
  const gateway = resolve(values.gateway);
  if (!values.help && !existsSync(gateway)) {
    throw new Error(`There is no ${gateway}. Build it: npm run build:gateway`);
  }
  return {
    ...values,
    gateway,
    rounds: Math.ceil(count("rounds", values.rounds)),
    seconds: count("seconds", values.seconds),
    connections: Math.ceil(count("connections", values.connections)),
  };
}

function installPeers() {
  const folder = fileURLToPath(new URL("./peers", import.meta.url));
  if (existsSync(`${folder}/node_modules/better-auth`)) return;
  // Its output is kept away from ours, which may be JSON.
  execFileSync("npm", ["ci", "--no-audit", "--no-fund"], {
    cwd: folder,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
}

const progress = (text) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
};

async function main() {
  const options = readOptions();
  if (options.help) return void console.log(help);
  if (options.peers) installPeers();
  const results = [];
  const machine = `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}`;
  if (!options.json) printHeading({ machine, ...options });
  for (const name of options.only ? [options.only] : questions) {
    const { question, run } = await import(`./${name}.js`);
    const servers = createServers(options);
    const interrupt = () => servers.stopAll().finally(() => process.exit(130));
    process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
    try {
      const result = await run({
        servers,
        options: { ...options, progress: (text) => progress(`${name}: ${text}`) },
      });
      progress("");
      results.push({ name, question, ...result });
      if (!options.json) printResult({ name, question, ...result });
    } finally {
      process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
      progress("");
      await servers.stopAll();
    }
  }
  if (options.json) console.log(JSON.stringify({ machine, ...options, results }, null, 2));
}

try {
  await main();
} catch (error) {
  console.error(/** @type {Error} */ (error).message);
  process.exitCode = 1;
}
