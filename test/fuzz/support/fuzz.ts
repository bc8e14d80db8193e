/** Runs one target for its share of the time. A failure names the seed and the smallest input that was found. */
import fc from "fast-check";

/** How many targets share FUZZ_SECONDS. */
const TARGETS = 18;
const seconds = Number(process.env.FUZZ_SECONDS ?? 60) / TARGETS;
/** FUZZ_SEED repeats a run. */
const seed = process.env.FUZZ_SEED ? Number(process.env.FUZZ_SEED) : undefined;

export async function fuzz<T>(
  input: fc.Arbitrary<T>,
  check: (input: T) => Promise<void> | void,
): Promise<number> {
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(input, async (value) => {
      runs += 1;
      await check(value);
    }),
    {
      numRuns: Number.MAX_SAFE_INTEGER,
      interruptAfterTimeLimit: seconds * 1_000,
      markInterruptAsFailure: false,
      ...(seed !== undefined && { seed }),
    },
  );
  process.stderr.write(`  ${runs.toLocaleString("en")} inputs in ${Math.round(seconds)} s\n`);
  return runs;
}
