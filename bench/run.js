/** `npm run bench`: runs the benchmarks and prints their results. */
import { cpus } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { anonymousLogins } from "./anonymous-logins.js";
import { bigTable } from "./big-table.js";
import { boundLogins } from "./bound-logins.js";
import { consoleQueries } from "./console.js";
import { events } from "./events.js";
import { openStage } from "./harness/stage.js";
import { renderResult } from "./harness/table.js";
import { me } from "./me.js";
import { postgres } from "./postgres.js";
import { refresh } from "./refresh.js";
import { start } from "./start.js";
import { installPeers } from "./subjects/better-auth.js";

const benchmarks = [
  anonymousLogins,
  boundLogins,
  me,
  refresh,
  postgres,
  bigTable,
  start,
  events,
  consoleQueries,
];

const HELP = `npm run bench -- [options]

Runs the benchmarks and compares the gateway with reference servers. Without --only all of them run.

  --only <name>      run one benchmark, may be repeated: ${benchmarks.map(({ name }) => name).join(", ")}
  --against <folder> compare anonymous-logins, me and refresh with the gateway of another checkout, which must be built
  --peers            compare with better-auth too; installs it in bench/peers the first time
  --rounds <n>       number of rounds; each measures every server once (default: 5)
  --seconds <n>      duration of each measurement (default: 3)
  --connections <n>  concurrent requests (default: 16)
  --json             print one JSON document instead of tables
  --help             print this help

For events, BENCH_EVENTS, BENCH_PENDING and BENCH_EXPIRED are the numbers of rows (1000000 pending take some minutes), and
BENCH_POSTGRES is the URL of a PostgreSQL server to be used instead of SQLite.

Example: npm run bench -- --only me --against ../before
`;

function readOptions() {
  const { values } = parseArgs({
    options: {
      only: { type: "string", multiple: true, default: [] },
      peers: { type: "boolean", default: false },
      against: { type: "string" },
      rounds: { type: "string", default: "5" },
      seconds: { type: "string", default: "3" },
      connections: { type: "string", default: "16" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const whole = (/** @type {"rounds" | "seconds" | "connections"} */ name, /** @type {number} */ max) => {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < 1 || value > max) {
      throw new Error(`--${name} must be a whole number from 1 to ${max}.`);
    }
    return value;
  };
  for (const name of values.only) {
    if (!benchmarks.some((each) => each.name === name))
      throw new Error(`There is no benchmark ${name}. --help lists them.`);
  }
  return {
    ...values,
    against: values.against && resolve(values.against),
    rounds: whole("rounds", 100),
    seconds: whole("seconds", 60),
    connections: whole("connections", 1_000),
  };
}

/** Each benchmark has its own stage, so that servers of others are stopped. */
async function measure(/** @type {import("./harness/table.js").Benchmark} */ benchmark, options) {
  const stage = await openStage(options);
  const stop = () => stage.close().finally(() => process.exit(130));
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    const result = await benchmark.measure(stage);
    if (!stage.isInMemory) return result;
    const warning = `Temporary files are in memory (${stage.folder}), where fsync costs nothing. Set TMPDIR to a folder on a disk.`;
    return { ...result, notes: [...(result.notes ?? []), warning] };
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
    await stage.close();
  }
}

try {
  const options = readOptions();
  if (options.help) {
    process.stdout.write(HELP);
  } else {
    if (options.peers) installPeers();
    const asked = benchmarks.filter(({ name }) => options.only.length === 0 || options.only.includes(name));
    const { rounds, seconds, connections } = options;
    const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, Node ${process.versions.node}`;
    if (!options.json) {
      console.log(`\n${rounds} rounds of ${seconds} s, ${connections} connections; ${machine}\n`);
    }
    const results = [];
    for (const benchmark of asked) {
      const result = await measure(benchmark, options);
      if (options.json) results.push({ name: benchmark.name, asks: benchmark.asks, ...result });
      else console.log(renderResult(benchmark, result));
    }
    if (options.json) {
      console.log(JSON.stringify({ machine, rounds, seconds, connections, results }, null, 2));
    }
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
