/**
 * The environment of `native-runtime.cjs`. Jest's `expect` runs in a context of its own: it must know the same Date and
 * Error as the tests do, or it would take theirs for objects without properties, which are all equal.
 */
const { setTimeout: sleep } = require("node:timers/promises");
const { setFlagsFromString } = require("node:v8");
const { runInNewContext } = require("node:vm");
const { TestEnvironment } = require("jest-environment-node");

const SHARED =
  "AggregateError Array ArrayBuffer BigInt64Array BigUint64Array Boolean DataView Date Error EvalError Float32Array Float64Array Function Int16Array Int32Array Int8Array Map Number Object Promise RangeError ReferenceError RegExp Set String Symbol SyntaxError TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet";

/** Jest ends a worker by force that takes half a second to exit, as one with gigabytes of garbage does. */
const MAX_BYTES = 800_000_000;
/** How long sockets and programs that a test file closed may take to be gone. */
const MAX_CLOSING_MS = 20_000;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc");

/** What keeps this process alive, and how often. */
function countResources() {
  const counts = new Map();
  for (const name of process.getActiveResourcesInfo()) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

module.exports = class NativeEnvironment extends TestEnvironment {
  #path;
  #before;
  #listeners = process.listeners("message");

  constructor(config, context) {
    super(config, context);
    for (const name of SHARED.split(" ")) this.global[name] = globalThis[name];
    // For tests that measure memory. Modules run in the context of Node itself.
    globalThis.gc = collectGarbage;
    this.#path = context.testPath;
    // Node opens them at the first use, which would be counted as something that the file left open.
    for (const stream of [process.stdin, process.stdout, process.stderr]) stream.isTTY;
    this.#before = countResources();
  }

  async teardown() {
    await super.teardown();
    // Some packages wait for messages of a process manager, and so keep the channel to Jest open.
    for (const listener of process.listeners("message"))
      if (!this.#listeners.includes(listener)) process.off("message", listener);
    // Without workers, Jest's own resources are among them.
    if (process.send) await this.#requireClosed();
    if (process.memoryUsage.rss() > MAX_BYTES) collectGarbage();
  }

  /** @throws Error naming what the test file left open */
  async #requireClosed() {
    const findOpen = () =>
      [...countResources()].filter(([name, count]) => count > (this.#before.get(name) ?? 0));
    for (const end = Date.now() + MAX_CLOSING_MS; findOpen().length > 0; await sleep(20)) {
      if (Date.now() < end) continue;
      const open = findOpen().map(([name]) => name);
      throw new Error(
        `${this.#path} leaves something open, which would keep the worker alive: ${open.join(", ")}.`,
      );
    }
  }
};
