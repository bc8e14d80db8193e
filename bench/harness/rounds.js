/** Alternating rounds: A B C, A B C, … Ratios are computed within each round; the result is their median. */

const WARM_UP_SECONDS = 2;

/**
 * @typedef {object} Subject
 * @property {string} name
 * @property {import("./stage.js").Server} server
 * @property {import("./load.js").Repeat | import("./load.js").Chain} scenario
 * @property {() => Promise<void>} [settle] resolves when what the load left behind is done, which is not measured
 *
 * @typedef {object} Wanted
 * @property {string} of
 * @property {string} to
 * @property {number} [atLeast] the target; absent: for information only
 *
 * @typedef {object} SubjectResult
 * @property {string} name
 * @property {number} perSecond
 * @property {number} p50Ms
 * @property {number} p99Ms
 * @property {number} cpuMicroseconds of the server process, per response
 *
 * @typedef {object} RatioResult
 * @property {string} name
 * @property {number} median
 * @property {number} min
 * @property {number} max
 * @property {number | null} atLeast
 */

export const median = (/** @type {number[]} */ values) => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** @returns {Promise<{ subjects: SubjectResult[], ratios: RatioResult[] }>} */
export async function compare(
  /** @type {import("./stage.js").Stage} */ stage,
  /** @type {Subject[]} */ subjects,
  /** @type {Wanted[]} */ wanted,
) {
  const { rounds, seconds } = stage.options;
  const warmUpSeconds = Math.min(WARM_UP_SECONDS, seconds);
  for (const { server, scenario, settle } of subjects) {
    await stage.load({ port: server.port, seconds: warmUpSeconds, scenario });
    await settle?.();
  }
  /** @type {Map<string, { perSecond: number, p50Ms: number, p99Ms: number, cpuMicroseconds: number }[]>} */
  const measured = new Map(subjects.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, server, scenario, settle } of subjects) {
      const before = await server.cpuMicroseconds();
      const { answers, p50Ms, p99Ms } = await stage.load({ port: server.port, seconds, scenario });
      if (answers === 0) throw new Error(`${name} answered nothing within ${seconds} s.`);
      const cpuMicroseconds = ((await server.cpuMicroseconds()) - before) / answers;
      measured.get(name)?.push({ perSecond: answers / seconds, p50Ms, p99Ms, cpuMicroseconds });
      await settle?.();
    }
  }

  const of = (/** @type {string} */ name) => measured.get(name) ?? [];
  const across = (
    /** @type {string} */ name,
    /** @type {"perSecond" | "p50Ms" | "p99Ms" | "cpuMicroseconds"} */ key,
  ) => median(of(name).map((each) => each[key]));
  return {
    subjects: subjects.map(({ name }) => ({
      name,
      perSecond: across(name, "perSecond"),
      p50Ms: across(name, "p50Ms"),
      p99Ms: across(name, "p99Ms"),
      cpuMicroseconds: across(name, "cpuMicroseconds"),
    })),
    ratios: wanted.map(({ of: above, to: below, atLeast = null }) => {
      const ratios = of(above).map((each, round) => each.perSecond / of(below)[round].perSecond);
      return {
        name: `${above} / ${below}`,
        median: median(ratios),
        min: Math.min(...ratios),
        max: Math.max(...ratios),
        atLeast,
      };
    }),
  };
}
