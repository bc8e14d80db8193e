/** `npm run bench`: reads the flags, asks the questions one after the other, prints the answers. */
import { cpus } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { anonymousLogins } from "./anonymous-logins.js";
import { bigTable } from "./big-table.js";
import { consoleQueries } from "./console.js";
import { openStage } from "./harness/stage.js";
import { renderResult } from "./harness/table.js";
import { me } from "./me.js";
import { postgres } from "./postgres.js";
import { refresh } from "./refresh.js";
import { start } from "./start.js";
import { installPeers } from "./subjects/better-auth.js";

const questions = [anonymousLogins, me, refresh, postgres, bigTable, start, consoleQueries];

const HELP = `npm run bench -- [options]

  --only <name>      one question: ${questions.map(({ name }) => name).join(", ")}; may be repeated
  --against <folder> compare anonymous-logins, me and refresh with the gateway of another checkout, which is built
  --peers            compare with better-auth as well; installs it in bench/peers the first time
  --rounds <n>       rounds, each of which measures every subject once (5)
  --seconds <n>      how long a subject is measured in a round (3)
  --connections <n>  requests under way at once (16)
  --json             one JSON document instead of tables
  --help             this
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
  const whole = (/** @type {"rounds" | "seconds" | "connections"} */ name, /** @type {number} */ most) => {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < 1 || value > most) {
      throw new Error(`--${name} must be a whole number from 1 to ${most}.`);
    }
    return value;
  };
  for (const name of values.only) {
    if (!questions.some((each) => each.name === name)) throw new Error(`There is no question ${name}.`);
  }
  return {
    ...values,
    against: values.against && resolve(values.against),
    rounds: whole("rounds", 100),
    seconds: whole("seconds", 60),
    connections: whole("connections", 1_000),
  };
}

/** Every question gets a stage of its own: servers that are not measured are stopped. */
async function ask(/** @type {import("./harness/table.js").Question} */ question, options) {
  const stage = await openStage(options);
  const stop = () => stage.close().finally(() => process.exit(130));
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    const result = await question.measure(stage);
    if (!stage.isInMemory) return result;
    const warning = `Temporary files are in memory here (${stage.folder}), where fsync costs nothing: set TMPDIR to a folder on a disk.`;
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
    const asked = questions.filter(({ name }) => options.only.length === 0 || options.only.includes(name));
    const { rounds, seconds, connections } = options;
    const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, Node ${process.versions.node}`;
    if (!options.json) {
      console.log(`\n${rounds} rounds of ${seconds} s, ${connections} connections; ${machine}\n`);
    }
    const results = [];
    for (const question of asked) {
      const result = await ask(question, options);
      if (options.json) results.push({ name: question.name, asks: question.asks, ...result });
      else console.log(renderResult(question, result));
    }
    if (options.json) {
      console.log(JSON.stringify({ machine, rounds, seconds, connections, results }, null, 2));
    }
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
