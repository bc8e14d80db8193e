import { describe, expect, it } from "@jest/globals";
import { createCache, singleFlight } from "../src/cache.ts";

const at = (seconds: number): Date => new Date(1_800_000_000_000 + seconds * 1_000);

/** Counts its loads, and fails those whose number is named. */
function createSource(...failing: readonly number[]) {
  const source = {
    loads: 0,
    async load(): Promise<number> {
      const number = ++source.loads;
      await Promise.resolve();
      if (failing.includes(number)) throw new Error(`load ${number} failed`);
      return number;
    },
  };
  return source;
}

describe("a cache", () => {
  it("loads once for all that ask at the same time", async () => {
    const { load } = createSource();
    const cache = createCache(load, { freshSeconds: 60 });
    expect(await Promise.all([cache.get(at(0)), cache.get(at(0)), cache.reload(at(0))])).toEqual([1, 1, 1]);
  });

  it("loads again when its value is no longer fresh, counted from the start of the load", async () => {
    const cache = createCache(createSource().load, { freshSeconds: 60 });
    expect(await cache.get(at(0))).toBe(1);
    expect(await cache.get(at(59.999))).toBe(1);
    expect(await cache.get(at(60))).toBe(2);
  });

  it("loads again after a failure", async () => {
    const cache = createCache(createSource(1).load, { freshSeconds: 60 });
    await expect(cache.get(at(0))).rejects.toThrow("load 1 failed");
    expect(await cache.get(at(0))).toBe(2);
  });

  it("fails the same way for as long as it is told to, without loading", async () => {
    const source = createSource(1);
    const cache = createCache(source.load, { freshSeconds: 60, failedSeconds: 5 });
    await expect(cache.get(at(0))).rejects.toThrow("load 1 failed");
    await expect(cache.get(at(4.999))).rejects.toThrow("load 1 failed");
    expect(source.loads).toBe(1);
    expect(await cache.get(at(5))).toBe(2);
  });

  it("gives its fresh value after a reload that failed", async () => {
    const cache = createCache(createSource(2).load, { freshSeconds: 60, failedSeconds: 5 });
    expect(await cache.get(at(0))).toBe(1);
    await expect(cache.reload(at(1))).rejects.toThrow("load 2 failed");
    expect(await cache.get(at(2))).toBe(1);
  });

  it("reloads before its value is stale, but not within the cooldown", async () => {
    const cache = createCache(createSource().load, { freshSeconds: 600, cooldownSeconds: 30 });
    expect(await cache.get(at(0))).toBe(1);
    expect(await cache.reload(at(29.999))).toBeNull();
    expect(await cache.reload(at(30))).toBe(2);
    expect(await cache.get(at(31))).toBe(2);
  });
});

describe("single flight", () => {
  it("runs the work again once it has finished, also after a failure", async () => {
    const source = createSource(1);
    const run = singleFlight(source.load);
    expect(run()).toBe(run());
    await expect(run()).rejects.toThrow("load 1 failed");
    expect(await run()).toBe(2);
  });
});
