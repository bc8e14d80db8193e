/** Results as text for people. */

/**
 * @typedef {object} Limit
 * @property {string} name
 * @property {number} value
 * @property {number} below the target
 * @property {string} unit
 *
 * @typedef {object} Result
 * @property {import("./rounds.js").SubjectResult[]} [subjects]
 * @property {import("./rounds.js").RatioResult[]} [ratios]
 * @property {Limit[]} [limits] results with a target
 * @property {string[]} [notes]
 *
 * @typedef {object} Benchmark
 * @property {string} name
 * @property {string} asks
 * @property {(stage: import("./stage.js").Stage) => Promise<Result>} measure
 */

const ratio = (/** @type {number} */ value) => value.toFixed(2);
const count = (/** @type {number} */ value) => Math.round(value).toLocaleString("en");
const verdict = (/** @type {boolean} */ isMet) => (isMet ? "met" : "MISSED");

export function renderResult(
  /** @type {Benchmark} */ { name, asks },
  /** @type {Result} */ { subjects = [], ratios = [], limits = [], notes = [] },
) {
  const parts = [`${name}: ${asks}`];
  if (ratios.length > 0) {
    parts.push(
      columns([
        ["ratio", "median", "min–max", "target", ""],
        ...ratios.map(({ name: what, median, min, max, atLeast }) => [
          what,
          ratio(median),
          `${ratio(min)}–${ratio(max)}`,
          atLeast === null ? "–" : `≥ ${ratio(atLeast)}`,
          atLeast === null ? "" : verdict(median >= atLeast),
        ]),
      ]),
    );
  }
  if (limits.length > 0) {
    parts.push(
      columns([
        ["figure", "median", "target", ""],
        ...limits.map(({ name: what, value, below, unit }) => [
          what,
          `${value < 10 ? ratio(value) : count(value)} ${unit}`,
          `< ${below} ${unit}`,
          verdict(value < below),
        ]),
      ]),
    );
  }
  if (subjects.length > 0) {
    parts.push(
      columns([
        ["subject", "answers/s", "p50 ms", "p99 ms", "CPU µs/answer"],
        ...subjects.map((subject) => [
          subject.name,
          count(subject.perSecond),
          subject.p50Ms.toFixed(1),
          subject.p99Ms.toFixed(1),
          count(subject.cpuMicroseconds),
        ]),
      ]),
    );
  }
  parts.push(...notes.map((note) => `  ${note}`));
  return `${parts.join("\n\n")}\n`;
}

/** The first column to the left, the others to the right. */
function columns(/** @type {string[][]} */ rows) {
  const widths = rows[0].map((_cell, index) => Math.max(...rows.map((row) => row[index].length)));
  return rows
    .map((row) =>
      row
        .map((cell, index) => (index === 0 ? cell.padEnd(widths[index]) : cell.padStart(widths[index])))
        .join("   ")
        .trimEnd(),
    )
    .map((line) => `  ${line}`)
    .join("\n");
}
