/** Rounds in turn, A B A B …, because machines are noisy: what counts is the ratio within a round. */
import { fork } from "node:child_process";

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
};

/** One load, in a process of its own. @returns {Promise<{ perSecond: number, errors: number }>} */
export function runLoad(scenario, port, { connections, seconds }) {
  return new Promise((resolve, reject) => {
    const child = fork(new URL("./load-process.js", import.meta.url));
    child.once("message", resolve);
    child.once("error", reject);
    child.send({ scenario, port, connections, seconds });
  });
}

/**
 * @param {{ name: string, scenario: string, server: import("./servers.js").Server }[]} contenders the first is compared with the others
 * @param {{ rounds: number, connections: number, seconds: number }} options
 * @param {Record<string, string>} targets by the other's name
 */
export async function compare(question, contenders, options, targets) {
  const figures = contenders.map(() => /** @type {number[]} */ ([]));
  const cpu = contenders.map(() => /** @type {number[]} */ ([]));
  for (let round = 0; round < options.rounds; round++) {
    for (const [index, { name, scenario, server }] of contenders.entries()) {
      if (process.stderr.isTTY)
        process.stderr.write(`\r\u001b[2K${question}: round ${round + 1} of ${options.rounds}, ${name}`);
      const before = server.cpuSeconds();
      const { perSecond, errors } = await runLoad(scenario, server.port, options);
      if (errors > 0) throw new Error(`${name} answered ${errors} requests with errors.`);
      figures[index].push(perSecond);
      cpu[index].push(
        ((server.cpuSeconds() - before) /
          (perSecond * (options.seconds + Math.min(1, options.seconds / 3)))) *
          1e6,
      );
    }
  }
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[2K");
  return contenders.map(({ name }, index) => {
    const ratios = figures[0].map((figure, round) => figure / figures[index][round]);
    return {
      question,
      name,
      perSecond: Math.round(median(figures[index])),
      cpuMicroseconds: Math.round(median(cpu[index])),
      ...(index > 0 && {
        ratio: median(ratios),
        least: Math.min(...ratios),
        most: Math.max(...ratios),
        target: targets[name] ?? "",
      }),
    };
  });
}
