/**
 * Starts the longest test files first, so that none of them runs alone at the end. Jest knows durations only from its
 * own cache, which a new machine does not have; `durations.json` is written by `TEST_DURATIONS=write npm test`.
 */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import TestSequencer from "@jest/test-sequencer";

const file = new URL("durations.json", import.meta.url);
/** Of a file that is not listed: about what starting a gateway costs, and more for a long file. */
const secondsOfUnknown = (path) => 2 + statSync(path).size / 2_000;

export default class LongestFirst extends TestSequencer {
  sort(tests) {
    const durations = JSON.parse(readFileSync(file, "utf8"));
    const seconds = ({ path, context }) =>
      durations[relative(context.config.rootDir, path)] ?? secondsOfUnknown(path);
    return [...tests].sort((a, b) => seconds(b) - seconds(a));
  }

  cacheResults(tests, results) {
    if (process.env.TEST_DURATIONS === "write") {
      const durations = results.testResults.map(({ testFilePath, perfStats }) => [
        relative(tests[0].context.config.rootDir, testFilePath),
        Math.ceil((perfStats.end - perfStats.start) / 1_000),
      ]);
      const entries = durations.filter(([, seconds]) => seconds > 1).sort(([a], [b]) => (a < b ? -1 : 1));
      writeFileSync(file, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
    }
    return super.cacheResults(tests, results);
  }
}
