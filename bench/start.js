/** Is the gateway there soon, and small while it waits? */
import { execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { gatewayEnvironment } from "./support/servers.js";
import { median } from "./support/statistics.js";

export const question =
  "how long from the start of the process to the first login, and how much memory when idle?";

const query = "mutation { loginAnonymous { user { id } accessToken } }";
const GIVE_UP_SECONDS = 60;

/** @param {{ servers: import("./support/servers.js").Servers, options: import("./support/rounds.js").Options }} context */
export async function run({ servers, options }) {
  const { rounds, seconds, progress } = options;
  const measured = { fresh: [], again: [] };
  for (let round = 1; round <= rounds; round++) {
    progress(`round ${round} of ${rounds}`);
    const databaseUrl = `sqlite:${servers.newFile()}`;
    for (const name of ["fresh", "again"]) {
      measured[name].push(await startOnce(servers.gatewayScript, databaseUrl, seconds));
    }
  }
  const titles = { fresh: "new database", again: "existing database" };
  const rows = Object.entries(measured).map(([name, figures]) => ({
    name: titles[name],
    figures: {
      "s to the first login": median(figures.map(({ started }) => started)),
      "MB when idle": median(figures.map(({ memory }) => memory)),
    },
  }));
  const worst = (unit) => Math.max(...rows.map(({ figures }) => figures[unit]));
  return {
    rows,
    ratios: [
      { name: "start", value: worst("s to the first login"), unit: "s", below: 2 },
      { name: "idle memory", value: worst("MB when idle"), unit: "MB", below: 150 },
    ],
  };
}

/** @returns {Promise<{ started: number, memory: number }>} seconds, and megabytes of resident memory */
async function startOnce(script, databaseUrl, idleSeconds) {
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const began = performance.now();
  const child = fork(script, {
    env: { ...process.env, ...gatewayEnvironment(databaseUrl), NODE_ENV: "production", PORT: String(port) },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const gone = once(child, "exit");
  try {
    while (!(await login(port))) {
      if (child.exitCode !== null) throw new Error("The gateway ended at start.");
      if (performance.now() - began > GIVE_UP_SECONDS * 1_000)
        throw new Error("The gateway does not answer.");
      await sleep(5);
    }
    const started = (performance.now() - began) / 1_000;
    await sleep(idleSeconds * 1_000);
    // POSIX says kilobytes (of 1,024 bytes).
    const kilobytes = Number(
      execFileSync("ps", ["-o", "rss=", "-p", String(child.pid)], { encoding: "utf8" }),
    );
    return { started, memory: (kilobytes * 1_024) / 1_000_000 };
  } finally {
    child.kill("SIGTERM");
    await gone;
  }
}

/** @param {number} port */
const login = (port) =>
  fetch(`http://127.0.0.1:${port}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", connection: "close" },
    body: JSON.stringify({ query }),
  }).then(
    async (response) =>
      response.status === 200 && Boolean((await response.json()).data?.loginAnonymous.accessToken),
    () => false,
  );
