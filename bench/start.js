import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { median } from "./harness/rounds.js";
import { cleanEnvironment, freePort } from "./harness/stage.js";
import { createDatabase, gatewaySettings, main } from "./subjects/gateway.js";

const IDLE_SECONDS = 3;
const START_SECONDS = 30;

/** @type {import("./harness/table.js").Benchmark} */
export const start = {
  name: "start",
  asks: "how long does startup take, and how much memory does an idle gateway use?",
  async measure(stage) {
    const file = await createDatabase(stage);
    const starts = [];
    for (let round = 0; round < stage.options.rounds; round++) {
      starts.push(await startOnce(stage, `sqlite:${file}`));
    }
    return {
      limits: [
        {
          name: "process start to first response",
          value: median(starts.map((each) => each.seconds)),
          below: 2,
          unit: "s",
        },
        {
          name: "resident memory, idle",
          value: median(starts.map((each) => each.megabytes)),
          below: 150,
          unit: "MB",
        },
      ],
    };
  },
};

/** Starts the gateway as a separate process. */
async function startOnce(/** @type {import("./harness/stage.js").Stage} */ stage, /** @type {string} */ url) {
  const port = await freePort();
  const begun = performance.now();
  const child = spawn(process.execPath, [main], {
    env: cleanEnvironment({ ...gatewaySettings, DATABASE_URL: url, PORT: String(port) }),
    stdio: "ignore",
  });
  stage.atEnd(() => child.kill("SIGKILL"));
  while (!(await isAnswering(port))) {
    if (child.exitCode !== null) throw new Error(`The gateway ended with ${child.exitCode}.`);
    if (performance.now() - begun > START_SECONDS * 1_000) throw new Error("The gateway does not start.");
    await sleep(5);
  }
  const seconds = (performance.now() - begun) / 1_000;
  await sleep(IDLE_SECONDS * 1_000);
  const megabytes = residentMegabytes(Number(child.pid));
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
  return { seconds, megabytes };
}

async function isAnswering(/** @type {number} */ port) {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: "{ __typename }" }),
    });
    return (await response.json()).data.__typename === "Query";
  } catch {
    return false;
  }
}

/** 1 MB = 2^20 bytes. */
function residentMegabytes(/** @type {number} */ pid) {
  if (process.platform === "linux") {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1_024;
  }
  return Number(spawnSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" }).stdout) / 1_024;
}
