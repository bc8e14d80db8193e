/** The load generator, a process of its own: each connection sends its next request when the last was answered. */
import { openConnection } from "./connection.js";

/**
 * What the connections send. `repeat` cycles through the requests. `chain` sends `first` once on every connection,
 * before the measurement, and then the token of the last response between `before` and `after`.
 *
 * @typedef {{ kind: "repeat", requests: string[], expect: string }} Repeat
 * @typedef {{ kind: "chain", first: string, before: string, after: string, expect: string, tokenAfter: string }} Chain
 *
 * @typedef {object} Order
 * @property {number} port
 * @property {number} connections
 * @property {number} seconds
 * @property {Repeat | Chain} scenario
 *
 * @typedef {object} Load
 * @property {number} answers
 * @property {number} seconds
 * @property {number} p50Ms
 * @property {number} p99Ms
 */

const QUOTE = 0x22;

process.on("message", (/** @type {Order} */ order) => {
  run(order).then(
    (load) => process.send?.({ load }),
    (error) => process.send?.({ error: String(error?.message ?? error) }),
  );
});
process.on("disconnect", () => process.exit());

/** @returns {Promise<Load>} */
async function run(/** @type {Order} */ { port, connections, seconds, scenario }) {
  /** @type {(error: Error) => void} */
  let fail = () => {};
  const failure = new Promise((_resolve, reject) => {
    fail = reject;
  });
  failure.catch(() => {});
  const open = await Promise.all(Array.from({ length: connections }, () => openConnection(port, fail)));
  try {
    const nexts = await Promise.race([Promise.all(open.map((each) => prepare(scenario, each))), failure]);
    /** @type {number[]} */
    const times = [];
    const start = performance.now();
    const end = start + seconds * 1_000;
    await Promise.race([
      Promise.all(
        open.map((connection, index) => drive({ connection, next: nexts[index], end, times, fail })),
      ),
      failure,
    ]);
    times.sort((a, b) => a - b);
    const at = (/** @type {number} */ share) => times[Math.floor(share * (times.length - 1))] ?? 0;
    return { answers: times.length, seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
  } finally {
    for (const connection of open) connection.close();
  }
}

/** Sends until the end. Later responses do not count. */
function drive({ connection, next, end, times, fail }) {
  return new Promise((/** @type {(value?: undefined) => void} */ done) => {
    const step = (/** @type {import("./connection.js").Answer | null} */ last) => {
      try {
        const request = next(last);
        const sent = performance.now();
        if (sent >= end) return done();
        connection.ask(request, (answer) => {
          const now = performance.now();
          if (now <= end) times.push(now - sent);
          step(answer);
        });
      } catch (error) {
        fail(error);
      }
    };
    step(null);
  });
}

let turn = 0;

/** @returns {Promise<(last: import("./connection.js").Answer | null) => string>} what to send after a response */
async function prepare(/** @type {Repeat | Chain} */ scenario, connection) {
  const check = (/** @type {import("./connection.js").Answer} */ { status, body }) => {
    if (status !== 200 || !body.includes(scenario.expect)) {
      throw new Error(`Unexpected answer, ${status}: ${body.latin1Slice(0, 300)}`);
    }
  };
  if (scenario.kind === "repeat") {
    return (last) => {
      if (last) check(last);
      return scenario.requests[turn++ % scenario.requests.length];
    };
  }
  const nextFrom = (/** @type {import("./connection.js").Answer} */ answer) => {
    check(answer);
    const start = answer.body.indexOf(scenario.tokenAfter) + scenario.tokenAfter.length;
    const token = answer.body.latin1Slice(start, answer.body.indexOf(QUOTE, start));
    return scenario.before + token + scenario.after;
  };
  const first = nextFrom(await connection.send(scenario.first));
  return (last) => (last ? nextFrom(last) : first);
}
