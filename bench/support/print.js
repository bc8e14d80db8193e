/** Results for people. */

const number = (value) =>
  value >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(value >= 10 ? 1 : 2);

/** @param {{ atLeast?: number, below?: number, value: number }} ratio */
const verdict = ({ atLeast, below, value }) => {
  if (atLeast !== undefined) return `target ≥ ${atLeast.toFixed(2)}  ${value >= atLeast ? "met" : "MISSED"}`;
  if (below !== undefined) return `target < ${number(below)}  ${value < below ? "met" : "MISSED"}`;
  return "";
};

export function printHeading({ machine, rounds, seconds, connections }) {
  console.log(
    `${machine}\nMedians of ${rounds} alternating rounds of ${seconds} s, ${connections} connections\n`,
  );
}

/** @param {{ name: string, question: string, rows: import("./rounds.js").Row[], ratios: import("./rounds.js").Ratio[] }} result */
export function printResult({ name, question, rows, ratios }) {
  console.log(`${name}: ${question}`);
  const widest = Math.max(...[...rows, ...ratios].map((row) => row.name.length));
  for (const row of rows) {
    const figures = Object.entries(row.figures).map(
      ([unit, value]) => `${number(value).padStart(9)} ${unit}`,
    );
    console.log(`  ${row.name.padEnd(widest)} ${figures.join(" ")}`);
  }
  for (const ratio of ratios) {
    const value = `${number(ratio.value).padStart(9)} ${ratio.unit ?? ""}`.padEnd(14);
    console.log(`  ${ratio.name.padEnd(widest)} ${value} ${verdict(ratio)}`.trimEnd());
  }
  console.log("");
}
