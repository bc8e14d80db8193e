/** Alternating rounds: A B A B, so that whatever else the machine does meets both sides alike. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { median } from "./statistics.js";

/**
 * @typedef {object} Side
 * @property {string} name
 * @property {import("./servers.js").Server} server
 * @property {string} scenario
 */

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {Record<string, number>} figures medians by unit
 */

/**
 * @typedef {object} Ratio
 * @property {string} name
 * @property {number} value
 * @property {number} [atLeast]
 * @property {number} [below]
 * @property {string} [unit]
 */

/**
 * @typedef {object} Options
 * @property {number} rounds
 * @property {number} seconds
 * @property {number} connections
 * @property {boolean} peers
 * @property {(text: string) => void} progress
 */

const loadProcess = fileURLToPath(new URL("./load-process.js", import.meta.url));

/** @returns {Promise<import("./load.js").Figures>} */
function runLoad(message) {
  return new Promise((resolve, reject) => {
    const child = fork(loadProcess);
    child.once("message", ({ figures, error }) => (error ? reject(new Error(error)) : resolve(figures)));
    child.once("exit", () => reject(new Error("The load generator ended without an answer.")));
    child.send(message);
  });
}

/**
 * The first side is the one in question; the others are what it is compared with.
 * @param {Side[]} sides
 * @param {Options} options
 * @param {Record<string, { atLeast: number }>} [targets] by the name of the other side
 * @returns {Promise<{ rows: Row[], ratios: Ratio[] }>}
 */
export async function compare(sides, options, targets = {}) {
  const { rounds, seconds, connections, progress } = options;
  const measured = sides.map(() => /** @type {import("./load.js").Figures[]} */ ([]));
  for (let round = 1; round <= rounds; round++) {
    for (const [index, { name, server, scenario }] of sides.entries()) {
      progress(`round ${round} of ${rounds}: ${name}`);
      measured[index].push(await runLoad({ scenario, port: server.port, seconds, connections }));
    }
  }
  const rows = sides.map(({ name }, index) => ({
    name,
    figures: {
      "per second": median(measured[index].map(({ perSecond }) => perSecond)),
      "p50 ms": median(measured[index].map(({ p50 }) => p50)),
      "p99 ms": median(measured[index].map(({ p99 }) => p99)),
    },
  }));
  const [first, ...others] = sides;
  const ratios = others.map(({ name }, index) => ({
    name: `${first.name} / ${name}`,
    // Round by round, so that both were measured within seconds of each other.
    value: median(
      measured[0].map(({ perSecond }, round) => perSecond / measured[index + 1][round].perSecond),
    ),
    ...targets[name],
  }));
  return { rows, ratios };
}
